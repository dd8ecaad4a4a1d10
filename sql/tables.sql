-- What holds data, and the types and functions that this needs: made once, and changed by update scripts only.

\ir core/schema.sql
\ir server/postgis.sql
\ir plate/license_plate.sql
\ir core/spot_counter.sql
\ir core/parking.sql
\ir core/booking.sql
\ir core/outside_count.sql
\ir access/record/gate.sql
\ir access/record/verdict.sql
\ir access/record/plate_read.sql
\ir access/record/barrier.sql
\ir access/recognise/passage.sql
\ir access/record/incident.sql
\ir access/recognise/plate_rule.sql
\ir access/record/gate_list.sql
\ir access/message/types.sql
\ir reservation/types.sql
\ir discovery/types.sql
\ir operator/types.sql
\ir operator/import/types.sql
\ir operator/counts/types.sql
\ir operator/parking_event.sql
\ir async/sweep_failure.sql
\ir operator/reference_guard.sql
