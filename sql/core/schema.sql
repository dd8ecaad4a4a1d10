-- Two schemas: what users may call and query, and what that stands on. Both are made here and not by the control file, so that
-- nothing which somebody else has put into a schema of that name is ever taken over.

CREATE SCHEMA smart_parking;
COMMENT ON SCHEMA smart_parking IS 'Parking network: what applications, gates and operators call and query; docs/reference.md.';

CREATE SCHEMA smart_parking_internal;
COMMENT ON SCHEMA smart_parking_internal IS 'What the functions of smart_parking stand on. Nobody has rights here, and nothing here is kept from version to version.';
