-- Areas, plans, outages, the technicians' free times. Days are counted from today (the one-row table `clock`).

INSERT INTO areas (id, name) VALUES
    ('centro', 'Madrid centro'), ('norte', 'Alcobendas'), ('sur', 'Getafe'), ('este', 'Alcalá de Henares'),
    ('oeste', 'Majadahonda');

INSERT INTO plans (id, kind, name_es, name_en, price) VALUES
    ('fibre_300', 'fibre', 'Fibra 300', 'Fibre 300', 2500),
    ('fibre_600', 'fibre', 'Fibra 600', 'Fibre 600', 3200),
    ('fibre_1000', 'fibre', 'Fibra 1000', 'Fibre 1000', 3900),
    ('mobile_20', 'mobile', 'Móvil 20', 'Mobile 20', 1000),
    ('mobile_60', 'mobile', 'Móvil 60', 'Mobile 60', 1500),
    ('mobile_all', 'mobile', 'Móvil sin límite', 'Mobile unlimited', 2200);

INSERT INTO outages (area, kind, cause_es, cause_en, until_day, until)
SELECT column1, column2, column3, column4, date(today, column5 || ' days'), column6
FROM clock, (VALUES
    ('sur', 'fibre', 'unas obras han cortado un cable', 'roadworks have cut a cable', 0, '20:00'),
    ('oeste', 'mobile', 'una antena se ha quedado sin corriente', 'a mast has lost its power', 1, '12:00'));

INSERT INTO holidays (day)
SELECT y.year || '-' || d.day
FROM (SELECT strftime('%Y', today) AS year FROM clock UNION SELECT strftime('%Y', today, '+1 year') FROM clock) AS y,
    (SELECT column1 AS day FROM (VALUES
        ('01-01'), ('01-06'), ('05-01'), ('08-15'), ('10-12'), ('11-01'), ('12-06'), ('12-08'), ('12-25'))) AS d;

-- Ten days ahead, Monday to Saturday, mornings and afternoons; `este` has nothing left.
WITH RECURSIVE ahead (days) AS (SELECT 1 UNION ALL SELECT days + 1 FROM ahead WHERE days < 10)
INSERT INTO visit_windows (area, day, opens, closes, capacity, taken)
SELECT areas.id, date(today, days || ' days'), column1, column2, 3,
    CASE WHEN areas.id = 'este' THEN 3 WHEN days = 1 AND column1 = '09:00' THEN 3 ELSE 1 END
FROM clock, ahead, areas, (VALUES ('09:00', '12:00'), ('12:00', '15:00'), ('16:00', '19:00'))
WHERE strftime('%w', today, days || ' days') <> '0'
    AND date(today, days || ' days') NOT IN (SELECT day FROM holidays);

INSERT INTO topics (id, name_es, name_en) VALUES
    ('billing', 'la factura', 'the bill'),
    ('fault', 'una avería', 'a fault'),
    ('visit', 'la visita del técnico', 'the technician''s visit'),
    ('contract', 'el contrato', 'the contract'),
    ('service', 'la atención recibida', 'the service received');

INSERT INTO topic_terms (topic, language, term) VALUES
    ('billing', 'es', 'factura'), ('billing', 'es', 'facturación'), ('billing', 'es', 'recibo'),
    ('billing', 'es', 'cobro'), ('billing', 'es', 'cobrado'), ('billing', 'es', 'cargo'), ('billing', 'es', 'precio'),
    ('billing', 'en', 'bill'), ('billing', 'en', 'billing'), ('billing', 'en', 'invoice'),
    ('billing', 'en', 'charge'), ('billing', 'en', 'charged'), ('billing', 'en', 'price'),
    ('fault', 'es', 'avería'), ('fault', 'es', 'corte'), ('fault', 'es', 'cortes'), ('fault', 'es', 'internet'),
    ('fault', 'es', 'fibra'), ('fault', 'es', 'cobertura'), ('fault', 'es', 'velocidad'), ('fault', 'es', 'línea'),
    ('fault', 'en', 'fault'), ('fault', 'en', 'outage'), ('fault', 'en', 'cuts'), ('fault', 'en', 'internet'),
    ('fault', 'en', 'fibre'), ('fault', 'en', 'coverage'), ('fault', 'en', 'speed'), ('fault', 'en', 'connection'),
    ('visit', 'es', 'técnico'), ('visit', 'es', 'visita'), ('visit', 'es', 'instalador'),
    ('visit', 'es', 'instalación'), ('visit', 'en', 'technician'), ('visit', 'en', 'visit'),
    ('visit', 'en', 'engineer'), ('visit', 'en', 'installation'), ('visit', 'en', 'installer'),
    ('contract', 'es', 'contrato'), ('contract', 'es', 'permanencia'), ('contract', 'es', 'tarifa'),
    ('contract', 'es', 'condiciones'), ('contract', 'es', 'oferta'), ('contract', 'en', 'contract'),
    ('contract', 'en', 'minimum term'), ('contract', 'en', 'plan'), ('contract', 'en', 'tariff'),
    ('contract', 'en', 'conditions'), ('contract', 'en', 'offer'),
    ('service', 'es', 'atención'), ('service', 'es', 'trato'), ('service', 'es', 'espera'),
    ('service', 'es', 'comercial'), ('service', 'en', 'customer care'), ('service', 'en', 'treatment'),
    ('service', 'en', 'treated'), ('service', 'en', 'waiting'), ('service', 'en', 'rude');

INSERT INTO light_terms (light, language, term) VALUES
    ('green', 'es', 'verde'), ('green', 'es', 'verdes'), ('green', 'en', 'green'),
    ('red', 'es', 'roja'), ('red', 'es', 'rojo'), ('red', 'es', 'parpadea'), ('red', 'es', 'parpadeando'),
    ('red', 'es', 'naranja'), ('red', 'en', 'red'), ('red', 'en', 'blinking'), ('red', 'en', 'flashing'),
    ('red', 'en', 'orange'), ('off', 'es', 'apagada'), ('off', 'es', 'apagado'), ('off', 'es', 'apagadas'),
    ('off', 'es', 'ninguna luz'), ('off', 'es', 'ninguna'), ('off', 'es', 'no se enciende'),
    ('off', 'es', 'no enciende'), ('off', 'es', 'no está encendida'), ('off', 'en', 'not on'),
    ('off', 'en', 'not lit'), ('off', 'es', 'sin luz'), ('off', 'es', 'sin luces'), ('off', 'en', 'off'),
    ('off', 'en', 'no light'), ('off', 'en', 'no lights'), ('off', 'en', 'none'), ('off', 'en', 'dark'),
    ('off', 'en', 'dead');
