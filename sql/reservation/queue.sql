-- The reservation plane: the queue of a lot that is full.
--
-- Locks: who changes a queue, and who makes offers, holds the lot's row. Making an offer waits for nobody under it: what is in
-- other hands ends the round, and the next round goes on with the same head. Who takes an offer or gives it up holds the
-- booking and then the entry, and not the lot's row, for which a gate may wait while it holds a booking.

CREATE OR REPLACE FUNCTION smart_parking_internal.offer_spot(parking_id uuid, user_id uuid, car_plate text, kind text) RETURNS smart_parking.reservation
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking_internal.offer_spot(uuid, uuid, text, text) IS
'Holds a spot for smart_parking.offer_life without waiting for anybody. outcome: reserved, already_reserved (the car has an active booking here), full, busy (the plate, or what may be free, is in other hands).';

CREATE OR REPLACE FUNCTION smart_parking_internal.lengthen_offer(booking_id uuid) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION smart_parking_internal.lengthen_offer(uuid) IS
'Makes a hold that was offered last as long as the lot''s holds do, from now on. False if it is not a valid hold any more.';

CREATE OR REPLACE FUNCTION smart_parking_internal.make_offers_in(lot uuid) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	queue record;
	head smart_parking.queue_entry;
	offer smart_parking.reservation;
	made integer := 0;
BEGIN
	FOR queue IN
		SELECT DISTINCT e.kind FROM ONLY smart_parking.queue_entry AS e WHERE e.parking_id = lot AND e.status = 'waiting' ORDER BY e.kind
	LOOP
		LOOP
			SELECT * INTO head FROM ONLY smart_parking.queue_entry AS e
			WHERE e.parking_id = lot AND e.kind = queue.kind AND e.status = 'waiting' ORDER BY e.nth LIMIT 1;
			EXIT WHEN NOT FOUND;
			offer := smart_parking_internal.offer_spot(lot, head.user_id, head.car_plate::text, head.kind);
			IF offer.outcome = 'reserved' THEN
				UPDATE ONLY smart_parking.queue_entry AS e SET status = 'offered', booking_id = offer.booking_id, offered_at = clock_timestamp() WHERE e.id = head.id;
				made := made + 1;
				IF current_setting('smart_parking.notify_offers')::boolean THEN
					PERFORM pg_notify('smart_parking_offer', jsonb_build_object('entry_id', head.id, 'user_id', head.user_id,
						'booking_id', offer.booking_id, 'expires_at', offer.expires_at)::text);
				END IF;
			ELSIF offer.outcome = 'already_reserved' THEN
				UPDATE ONLY smart_parking.queue_entry AS e SET status = 'taken', booking_id = offer.booking_id, ended_at = clock_timestamp() WHERE e.id = head.id;
			ELSE
				EXIT;
			END IF;
		END LOOP;
	END LOOP;
	UPDATE ONLY smart_parking.parking AS p SET has_queue = false WHERE p.id = lot AND p.has_queue
	AND NOT EXISTS (SELECT FROM ONLY smart_parking.queue_entry AS e WHERE e.parking_id = lot AND e.status = 'waiting');
	RETURN made;
END $$;
COMMENT ON FUNCTION smart_parking_internal.make_offers_in(uuid) IS
'Offers what is free in a lot to those who wait, in their order. The caller holds the lot''s row. Result: how many offers were made.';

CREATE OR REPLACE FUNCTION smart_parking.make_offers() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	lot uuid;
	made integer := 0;
	problem text;
	code text;
BEGIN
	FOR lot IN SELECT p.id FROM ONLY smart_parking.parking AS p WHERE p.has_queue AND p.is_open LOOP
		BEGIN
			PERFORM FROM ONLY smart_parking.parking AS p WHERE p.id = lot AND p.has_queue AND p.is_open FOR NO KEY UPDATE SKIP LOCKED;
			IF FOUND THEN
				made := made + smart_parking_internal.make_offers_in(lot);
			END IF;
		EXCEPTION
			WHEN transaction_rollback THEN RAISE;
			WHEN OTHERS THEN
				-- other lots go on
				GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT, code = RETURNED_SQLSTATE;
				RAISE WARNING USING ERRCODE = code, MESSAGE = format('no offer could be made in lot %s: %s', lot, problem);
		END;
	END LOOP;
	RETURN made;
END $$;
COMMENT ON FUNCTION smart_parking.make_offers() IS
'Offers spots that have come free to those who wait for them, in all lots with a queue; the sweeper does so each time. Waits for nobody: a lot that is being changed comes next time. '
'Result: how many offers were made.';

CREATE OR REPLACE FUNCTION smart_parking_internal.place_of(entry smart_parking.queue_entry) RETURNS smart_parking.queue_place
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	place smart_parking.queue_place;
	held smart_parking.booking;
BEGIN
	place.entry_id := entry.id;
	place.outcome := entry.status;
	IF entry.status = 'waiting' THEN
		place."position" := (SELECT count(*) FROM ONLY smart_parking.queue_entry AS e
			WHERE e.parking_id = entry.parking_id AND e.kind = entry.kind AND e.status = 'waiting' AND e.nth <= entry.nth);
		RETURN place;
	END IF;
	place.booking_id := entry.booking_id;
	SELECT * INTO held FROM ONLY smart_parking.booking AS b WHERE b.id = entry.booking_id;
	IF held.ended_at IS NULL AND (held.confirmed_at IS NOT NULL OR held.expires_at > clock_timestamp()) THEN
		place.spot_no := held.spot_no;
		place.spot_label := (SELECT s.label FROM ONLY smart_parking.spot AS s WHERE s.parking_id = held.parking_id AND s.spot_no = held.spot_no);
		place.expires_at := held.expires_at;
	END IF;
	IF entry.status = 'offered' THEN
		place.outcome := CASE
			WHEN held.confirmed_at IS NOT NULL THEN 'taken'
			WHEN held.status = 'cancelled' THEN 'left'
			WHEN held.ended_at IS NULL AND held.expires_at > clock_timestamp() THEN 'offered'
			ELSE 'missed' END;
	END IF;
	RETURN place;
END $$;
COMMENT ON FUNCTION smart_parking_internal.place_of(smart_parking.queue_entry) IS 'How it stands with an entry of a queue.';

CREATE OR REPLACE FUNCTION smart_parking_internal.queue_entry_of(entry_id uuid) RETURNS smart_parking.queue_entry
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, smart_parking, pg_temp AS $$
DECLARE
	entry smart_parking.queue_entry;
BEGIN
	PERFORM smart_parking_internal.require_argument('entry_id', entry_id IS NOT NULL);
	SELECT * INTO entry FROM ONLY smart_parking.queue_entry AS e WHERE e.id = entry_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no queue entry %', entry_id USING ERRCODE = 'SP002', HINT = 'Use the entry_id that join_queue returned.';
	END IF;
	RETURN entry;
END $$;
COMMENT ON FUNCTION smart_parking_internal.queue_entry_of(uuid) IS 'The entry; SP002 if there is none, SP016 for NULL.';

CREATE OR REPLACE FUNCTION smart_parking.join_queue(parking_id uuid, user_id uuid, car_plate text, kind text DEFAULT 'standard', request_id uuid DEFAULT NULL)
RETURNS smart_parking.queue_place
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
	lot smart_parking.parking;
	entry smart_parking.queue_entry;
	plate smart_parking.license_plate;
	place smart_parking.queue_place;
BEGIN
	PERFORM smart_parking_internal.require_argument('user_id', join_queue.user_id IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('car_plate', join_queue.car_plate IS NOT NULL);
	PERFORM smart_parking_internal.require_argument('kind', join_queue.kind IS NOT NULL);
	plate := smart_parking_internal.plate_of_car(join_queue.car_plate);
	lot := smart_parking_internal.lock_parking(join_queue.parking_id);
	IF NOT EXISTS (SELECT FROM ONLY smart_parking.counter_slice AS s WHERE s.parking_id = lot.id AND s.kind = join_queue.kind) THEN
		RAISE EXCEPTION 'the lot has no spots of kind "%"', join_queue.kind USING ERRCODE = 'SP015', HINT = 'The kinds of a lot stand in smart_parking.spot.';
	END IF;
	SELECT * INTO entry FROM ONLY smart_parking.queue_entry AS e WHERE e.request_id = join_queue.request_id;
	IF FOUND AND (entry.parking_id, entry.user_id, entry.kind, entry.car_plate::text) IS DISTINCT FROM (lot.id, join_queue.user_id, join_queue.kind, plate::text) THEN
		RAISE EXCEPTION 'this request_id was used for another request' USING ERRCODE = 'SP021',
			HINT = 'Make a new request_id for each request, and repeat one only with the same arguments.';
	ELSIF NOT FOUND THEN
		SELECT * INTO entry FROM ONLY smart_parking.queue_entry AS e
		WHERE e.car_plate = plate AND e.parking_id = lot.id AND e.kind = join_queue.kind AND e.status = 'waiting';
		IF FOUND AND entry.user_id <> join_queue.user_id THEN
			RAISE EXCEPTION 'plate "%" waits in this queue for another user', plate USING ERRCODE = 'SP022', HINT = 'Check the plate; a car can wait in a queue once.';
		END IF;
	END IF;
	IF entry.id IS NULL AND NOT lot.is_open THEN
		place.outcome := 'closed';
		RETURN place;
	END IF;
	IF entry.id IS NULL THEN
		BEGIN
			INSERT INTO smart_parking.queue_entry (id, parking_id, kind, nth, user_id, car_plate, joined_at, request_id)
			SELECT smart_parking_internal.new_region_id(lot.id), lot.id, join_queue.kind,
				coalesce((SELECT e.nth FROM ONLY smart_parking.queue_entry AS e WHERE e.parking_id = lot.id AND e.kind = join_queue.kind ORDER BY e.nth DESC LIMIT 1), 0) + 1,
				join_queue.user_id, plate, clock_timestamp(), join_queue.request_id
			ON CONFLICT (request_id) WHERE request_id IS NOT NULL DO NOTHING
			RETURNING * INTO entry;
		EXCEPTION WHEN unique_violation THEN
			-- under the lot's lock only what is newer than the transaction's snapshot can be in the way
			RAISE EXCEPTION 'could not serialize access due to concurrent update' USING ERRCODE = 'serialization_failure', HINT = 'Repeat the transaction.';
		END;
		-- in another lot, at the same time: in this one there was the lock
		IF entry.id IS NULL THEN
			RAISE EXCEPTION 'this request_id was used for another request' USING ERRCODE = 'SP021',
				HINT = 'Make a new request_id for each request, and repeat one only with the same arguments.';
		END IF;
		UPDATE ONLY smart_parking.parking AS p SET has_queue = true WHERE p.id = lot.id AND NOT p.has_queue;
	END IF;
	IF lot.is_open THEN
		PERFORM smart_parking_internal.make_offers_in(lot.id);
	END IF;
	RETURN smart_parking_internal.place_of(smart_parking_internal.queue_entry_of(entry.id));
END $$;
COMMENT ON FUNCTION smart_parking.join_queue(uuid, uuid, text, text, uuid) IS
'Puts a car into the queue for a spot of a lot. Arguments: parking_id; user_id; car_plate; kind of spot; request_id, the same one again returns the same entry. '
'Result: one row. outcome is waiting, with the position; offered, with a hold of smart_parking.offer_life, where a spot is free at once; taken (the car has an active booking in the lot: booking_id); closed. '
'A car waits in a queue once: the call again returns its entry. While somebody waits, reserve_spot() says full to others. '
'A spot that comes free is offered to the first in the queue by the sweeper, by make_offers() and by who joins; accept_offer() or driving in takes it, else it goes to the next. '
'Errors: SP001 unknown lot, SP010 not a plate, or a word for no plate, SP015 the lot has no such kind, SP016 NULL, SP021 request_id was used with other arguments, SP022 the plate waits for another user.';

CREATE OR REPLACE FUNCTION smart_parking.queue_position(entry_id uuid) RETURNS smart_parking.queue_place
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
AS 'SELECT p FROM smart_parking_internal.place_of(smart_parking_internal.queue_entry_of(entry_id)) AS p';
COMMENT ON FUNCTION smart_parking.queue_position(uuid) IS
'How it stands with an entry of a queue. Reads only. Argument: entry_id. '
'Result: one row. outcome is waiting, with the position, 1 for the first; offered, with the spot and until when; taken; missed (the offer was not taken in time); left. '
'Errors: SP002 unknown entry, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking.leave_queue(entry_id uuid) RETURNS smart_parking.queue_place
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	entry smart_parking.queue_entry := smart_parking_internal.queue_entry_of(entry_id);
BEGIN
	IF entry.status = 'waiting' THEN
		BEGIN
			PERFORM smart_parking_internal.lock_parking(entry.parking_id);
			UPDATE ONLY smart_parking.queue_entry AS e SET status = 'left', ended_at = clock_timestamp() WHERE e.id = entry.id AND e.status = 'waiting';
			IF NOT FOUND THEN
				-- it was offered a spot meanwhile: the lot's row must not be held for that
				RAISE EXCEPTION USING ERRCODE = 'SP023', MESSAGE = 'offered meanwhile';
			END IF;
			UPDATE ONLY smart_parking.parking AS p SET has_queue = false WHERE p.id = entry.parking_id AND p.has_queue
			AND NOT EXISTS (SELECT FROM ONLY smart_parking.queue_entry AS e WHERE e.parking_id = entry.parking_id AND e.status = 'waiting');
		EXCEPTION WHEN SQLSTATE 'SP023' THEN NULL;
		END;
		entry := smart_parking_internal.queue_entry_of(entry_id);
	END IF;
	IF entry.status = 'offered' THEN
		BEGIN
			PERFORM smart_parking.cancel_booking(entry.booking_id, 'left the queue');
			UPDATE ONLY smart_parking.queue_entry AS e SET status = 'left', ended_at = clock_timestamp() WHERE e.id = entry.id AND e.status = 'offered'
			AND EXISTS (SELECT FROM ONLY smart_parking.booking AS b WHERE b.id = e.booking_id AND b.status = 'cancelled');
		EXCEPTION WHEN SQLSTATE 'SP023' THEN NULL;	-- the car has come in
		END;
	END IF;
	RETURN smart_parking_internal.place_of(smart_parking_internal.queue_entry_of(entry_id));
END $$;
COMMENT ON FUNCTION smart_parking.leave_queue(uuid) IS
'Takes a car out of a queue, and gives back the spot that it was offered. Argument: entry_id. '
'Result: as queue_position() after the call: left; missed where an offer was over; taken where it was accepted or the car had come in, which stays so. Errors: SP002 unknown entry, SP016 NULL.';

CREATE OR REPLACE FUNCTION smart_parking.accept_offer(entry_id uuid) RETURNS smart_parking.queue_place
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, smart_parking, pg_temp
SET enable_seqscan = off AS $$
DECLARE
	entry smart_parking.queue_entry := smart_parking_internal.queue_entry_of(entry_id);
BEGIN
	IF entry.status = 'offered' AND smart_parking_internal.lengthen_offer(entry.booking_id) THEN
		UPDATE ONLY smart_parking.queue_entry AS e SET status = 'taken', ended_at = clock_timestamp() WHERE e.id = entry.id AND e.status = 'offered';
	END IF;
	RETURN smart_parking_internal.place_of(smart_parking_internal.queue_entry_of(entry_id));
END $$;
COMMENT ON FUNCTION smart_parking.accept_offer(uuid) IS
'Takes the spot that was offered: from now on it is held as long as the lot''s holds last. Argument: entry_id. '
'Result: as queue_position() after the call: taken, with booking_id, spot and expires_at, also when it was accepted before; waiting; missed; left. Errors: SP002 unknown entry, SP016 NULL.';

CREATE OR REPLACE VIEW smart_parking.open_offers AS
	SELECT e.id AS entry_id, e.parking_id, p.name AS parking, e.user_id, e.car_plate::text AS car_plate, e.kind::text AS kind, e.booking_id,
		b.spot_no, s.label AS spot_label, e.offered_at, b.expires_at
	FROM smart_parking.queue_entry AS e
	JOIN smart_parking.booking AS b ON b.id = e.booking_id
	JOIN smart_parking.parking AS p ON p.id = e.parking_id
	JOIN smart_parking.spot AS s ON s.parking_id = b.parking_id AND s.spot_no = b.spot_no
	WHERE e.status = 'offered' AND b.status = 'pending' AND b.expires_at > clock_timestamp() AND e.offered_at > clock_timestamp() - interval '1 day'
	ORDER BY e.offered_at, e.id;
COMMENT ON VIEW smart_parking.open_offers IS
'Spots that are held for drivers out of a queue and were not taken yet, oldest first: what a push service polls, and remembers by entry_id whom it has told.';
