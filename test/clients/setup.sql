-- What examples/*/drive.* run against: a lot of two spots, its gate, the roles' rights, and the application's own table.
CREATE EXTENSION smart_parking CASCADE;
SELECT smart_parking.grant_access('parking_app', 'application'), smart_parking.grant_access('parking_gate', 'gate');
SELECT smart_parking.add_parking('Altmarkt', 51.0497, 13.7382, 2) AS lot \gset
SELECT smart_parking.add_gate(:'lot', 'West', 'entry') AS gate \gset
SELECT smart_parking.set_gate(:'gate', notifies => true);
UPDATE smart_parking.parking SET properties = jsonb_build_object('entry', :'gate') WHERE id = :'lot';

CREATE TABLE trip (booking_id uuid PRIMARY KEY REFERENCES smart_parking.booking, note text NOT NULL);
GRANT INSERT ON trip TO parking_app;

-- the first transaction that writes a trip is told 40001, the second 40P01
CREATE SEQUENCE hiccup;
CREATE FUNCTION hiccup() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	nth CONSTANT bigint := nextval('public.hiccup');
BEGIN
	IF nth <= 2 THEN
		RAISE EXCEPTION 'once more' USING ERRCODE = CASE nth WHEN 1 THEN '40001' ELSE '40P01' END;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER hiccup BEFORE INSERT ON trip FOR EACH ROW EXECUTE FUNCTION hiccup();
