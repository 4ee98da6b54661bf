/// SQL that dates routes which a test inserts without their local dates: in production the loader does.
public let datesRoutesByHand = """
  create function public.date_route() returns trigger language plpgsql as $$
  begin
    select (new.departed_at at time zone coalesce(device.time_zone, account.time_zone))::date,
      (new.arrived_at at time zone coalesce(device.time_zone, account.time_zone))::date
    into new.local_date, new.local_arrival_date
    from warehouse.device join warehouse.account using (account_key) where device_key = new.device_key;
    new.asked_day := coalesce(new.asked_day, new.day);
    return new;
  end $$;
  create trigger date_route before insert on warehouse.route
    for each row when (new.local_date is null) execute function public.date_route();
  """
