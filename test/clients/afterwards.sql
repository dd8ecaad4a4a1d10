-- What a program has to leave behind, however often it had to try.
SELECT (SELECT string_agg(format('booking %s %s', right(user_id::text, 1), status), '|' ORDER BY user_id) FROM smart_parking.booking),
	format('trips %s', (SELECT count(*) FROM trip)), format('violated %s', (SELECT count(*) FROM smart_parking.check_invariants()));
