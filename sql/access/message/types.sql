-- Messages of cameras and recognition engines: what is common to all of them.
--
-- read_message() turns a message into observations, a row for each plate it tells of. It writes nothing and decides
-- nothing. A message comes from a machine that nobody can ask: whatever it holds, there is at least one row, and what cannot
-- be read is a value, kind 'unreadable' with its problem, and never an error. Hence the helpers below: each takes
-- any jsonb and gives NULL where it makes no sense.
--
-- The vendors' readers stand beside this file. In them what was taken up leaves the message, the remainder is rest.

CREATE TYPE smart_parking.observation AS (
	format			text,
	kind			text,
	plate			text,
	confidence		real,
	candidates		jsonb,
	camera			text,
	read_at			timestamptz,
	event_id		text,
	passage_id		text,
	linked_events	text[],
	direction		text,
	problem			text,
	rest			jsonb,
	resent			boolean
);
COMMENT ON TYPE smart_parking.observation IS
'What read_message() reads from a message about one vehicle. format: whose message it was; NULL: not recognised. '
'kind: plate, no_plate (a vehicle whose plate the camera could not read or that has none), heartbeat, '
'nothing (a good message with nothing to decide on), unreadable. plate: as the camera gave it, for kind plate only. '
'confidence: 0 to 1; NULL: none, or none that makes sense. candidates: other readings, best first, at most 20, '
'as [{"plate", "confidence"}]. camera: its own id. read_at: its clock; NULL: none, or not of this century. '
'event_id: the same when the same read is sent again, at most 200 bytes; NULL: that cannot be told. '
'passage_id: what several reads of one vehicle share; another plate under it revises the earlier one. '
'linked_events: the event_id of earlier reads that this one sums up. direction: in or out, where the camera tells. '
'problem: why it is unreadable, a code and after a colon the detail. rest: fields not taken up, under the names they had; of a message about '
'several vehicles the common ones are in the first row. time_without_zone in it is the camera''s time as it was, where that '
'named no zone and was taken for UTC. resent: true where the camera says that it sends this again, or from its store.';
