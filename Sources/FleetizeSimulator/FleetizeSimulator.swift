// FleetizeSimulator
