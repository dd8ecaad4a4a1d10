-- What the stress client works on: lots of 1, 3 and 500 spots.
CREATE SCHEMA stress;

CREATE TABLE stress.lot AS
SELECT n, smart_parking.add_parking(name, 51.0, 13.7, capacity, slice_size => slice_size,
	source => 'stress', source_id => source_id) AS id, capacity
FROM (VALUES (1, 'One', 'one', 1, NULL), (2, 'One more', 'one more', 1, NULL), (3, 'Three', 'three', 3, NULL),
	(4, 'Three singles', 'three singles', 3, 1), (5, 'Garage', 'garage', 500, 8)) AS l (n, name, source_id, capacity, slice_size);

ALTER TABLE stress.lot ADD entry uuid, ADD exit uuid;
UPDATE stress.lot SET entry = smart_parking.add_gate(id, 'in', 'entry'), exit = smart_parking.add_gate(id, 'out', 'exit');

-- offers that nobody takes go on soon
SELECT format('ALTER DATABASE %I SET smart_parking.offer_life = 1', current_database()) \gexec
