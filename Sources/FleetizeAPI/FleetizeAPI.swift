// FleetizeAPI
