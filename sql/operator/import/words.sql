-- Which properties of a file mean what.

CREATE OR REPLACE FUNCTION smart_parking_internal.property_words() RETURNS TABLE (role text, words text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT v.role, string_to_array(v.words, ' ') FROM (VALUES
	('id', 'id sourceid atid obsid uid uuid guid originaluid globalid identifier lotid parkingid parkid carparkid siteid facilityid idparking idparc idparcheggio '
		'osmid objectid gmlid inspireid fid gid ogcfid'),
	('ref', 'ref code nr nummer number numero shortname kurzname kennung'),
	('name', 'name parkname parkingname lotname carparkname sitename facilityname bezeichnung parkhausname anlagenname titel title longname namedestandort standortname '
		'namede nameen nom nomparking nomduparking libelle nombre nombreparking denominacion denominazione nome nomeparcheggio naam parkeernaam naamparking '
		'navn namn nimi nazwa nazev nazov naziv ime nev megnevezes denumire nimetus nosaukums pavadinimas onoma isim '
		'officialname locname altname label designation parkhaus parkplatz'),
	('capacity', 'total capacity totalcapacity capacitytotal maxcapacity capacitymax numberofspaces totalspaces parkingspaces parkingplaces numspaces spaces spots totalspots slots totallots '
		'kapazitat kapazitaet gesamtkapazitat gesamt stellplatze stellplaetze anzahlstellplatze anzahlstellplaetze anzahl parkplatze parkplaetze anzahlparkplatze platze plaetze '
		'capacite capacitetotale nbplaces nbrplaces nombredeplaces nombreplaces places placestotal totalplaces capacidad capacidadtotal plazas numplazas numerodeplazas totalplazas aforo '
		'capacita capienza posti postiauto numeroposti totaleposti postitotali capacidade lugares vagas totallugares capaciteit plaatsen aantalplaatsen parkeerplaatsen totaalplaatsen totaal '
		'kapacitet antalpladser pladser antalplatser platser antallplasser plasser kapasiteetti paikat paikkamaara kapasitet pojemnosc liczbamiejsc miejsca kapacita pocetmist mista pocetmiest miesta '
		'kapacitas ferohely ferohelyek capacitate locuri numarlocuri kapasite kapacitettotal kapacitetas vietos kohti kohtadearv'),
	('address', 'address addrfull adresse anschrift adresa adress adres straatnaam direccion domicilio indirizzo ubicazione endereco morada osoite cim adrese aadress adresas dieuthynsi fulladdress fulladress addresstext'),
	('street', 'addrstreet street streetname strasse str rue voie calle via ulica utca gata gade katu straat rua'),
	('housenumber', 'addrhousenumber housenumber hausnummer hausnr numerovoie numerocivico huisnummer streetnumber'),
	('postcode', 'addrpostcode postcode postalcode postleitzahl plz zip zipcode codepostal cp cap codigopostal'),
	('city', 'addrcity city ort stadt gemeinde ville commune ciudad municipio citta comune cidade gemeente kommune kommun miasto mesto'),
	('country', 'addrcountry countrycode country land isocountry iso31661 pays pais paese'),
	('time_zone', 'timezone tz zeitzone fuseauhoraire zonahoraria tijdzone tzname tzid'),
	('latitude', 'latitude lat geolat breite breitengrad latitud latitudine ylat latwgs84 wgs84lat szerokosc zemepisnasirka ycoord coordy ycoordinate koordinatey hochwert northing nord ywgs84 y'),
	('longitude', 'longitude lon lng long geolon geolng lange laenge langengrad laengengrad longitud longitudine xlong lonwgs84 wgs84lon dlugosc xcoord coordx xcoordinate koordinatex rechtswert easting ost xwgs84 x'),
	('point', 'coords coord geopoint2d geopoint geolocation location position coordinates coordinate koordinaten latlng latlon latlong gps wgs84 point punkt centroid'),
	('shape', 'geometry geom thegeom geoshape wkt shape wktgeom geojson geometrie'),
	('access', 'access'),
	('max_height', 'maxheight heightlimit maxvehicleheight maximumheight entryheight entranceheight durchfahrtshohe durchfahrtshoehe einfahrtshohe einfahrtshoehe hauteurmax hauteurmaximale gabaritmax alturamaxima altezzamassima doorrijhoogte'),
	('fee', 'fee hasfee isfee paid kostenpflichtig gebuhrenpflichtig gebuehrenpflichtig gebuhr payant depago pagamento betaald'),
	('free', 'freeofcharge isfreeofcharge kostenlos kostenfrei gratuit gratuito gratis'),
	('opening_hours', 'openinghours oeffnungszeiten offnungszeiten horaires horario orari openingstijden openingtimes hours'),
	('operator', 'operator operatorname betreiber exploitant gestionnaire gestore operador management beheerder brand owner'),
	('part', 'description beschreibung locality district stadtteil quartier quartiere barrio wijk zone parkzone type lottype parking')
	) AS v(role, words)
$$;
COMMENT ON FUNCTION smart_parking_internal.property_words() IS
'For each role the names under which files have it, as bare_key() writes them, the best first; import_parkings() tries them where no mapping is given. '
'id: what alone tells a lot from all others; ref: what may.';

CREATE OR REPLACE FUNCTION smart_parking_internal.kind_words() RETURNS TABLE (kind text, words text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
	SELECT v.kind, string_to_array(v.words, ' ') FROM (VALUES
	('disabled', 'disabled disabledspaces handicapped handicappedparkingplaces handicapspaces nbpmr nbrpmr placespmr pmr behindertenparkplatze behindertenstellplatze anzahlbehindertenparkplatze anzahlbehindertenstellplatze '
		'minusvalidos plazasminusvalidos plazaspmr disabili postidisabili mindervaliden invalidenplaatsen handicappladser niepelnosprawni'),
	('charging', 'chargingspaces ladeplatze anzahlladeplatze estellplatze nbve nbvoitureselectriques nbplacesve electricspaces evspaces'),
	('woman', 'womanspaces womenspaces womenparkingplaces womensparking frauenparkplatze frauenstellplatze anzahlfrauenparkplatze'),
	('family', 'familyspaces familyparkingplaces familienparkplatze familienstellplatze anzahlfamilienparkplatze nbfamille'),
	('carsharing', 'carsharingspaces carsharingparkplatze anzahlcarsharingparkplatze nbautopartage'),
	('truck', 'truckspaces lorryspaces lkwstellplatze lkwparkplatze anzahllkwstellplatze'),
	('bus', 'busspaces busparkplatze busstellplatze anzahlbusparkplatze nbautocar'),
	('motorcycle', 'motorcyclespaces motorradstellplatze motorradparkplatze nb2rm nb2rouesmotorises')
	) AS v(kind, words)
$$;
COMMENT ON FUNCTION smart_parking_internal.kind_words() IS
'Names under which files have the number of spots of a kind, besides capacity:KIND and capacity_KIND.';
