-- Stores, their week, and the days that break it. Holidays are made for this year and the two after it.

INSERT INTO stores (id, name, city, address, phone) VALUES
    ('madrid', 'Casa Roble Alcalá', 'Madrid', 'calle de Alcalá, 540', '910 555 120'),
    ('valencia', 'Casa Roble Valencia', 'Valencia', 'avenida del Puerto, 210', '960 555 130'),
    ('sevilla', 'Casa Roble Sevilla', 'Sevilla', 'avenida de la Palmera, 45', '954 555 140');

INSERT INTO store_terms (store, term) VALUES
    ('madrid', 'madrid'), ('madrid', 'alcala'),
    ('valencia', 'valencia'), ('valencia', 'avenida del puerto'),
    ('sevilla', 'sevilla'), ('sevilla', 'seville'), ('sevilla', 'la palmera');

WITH week (weekday) AS (VALUES (1), (2), (3), (4), (5), (6))
INSERT INTO opening_hours (store, weekday, opens, closes)
SELECT id, weekday, '09:00', CASE WHEN id = 'sevilla' THEN '21:00' WHEN weekday = 6 THEN '22:00' ELSE '21:30' END
FROM stores, week;
INSERT INTO opening_hours (store, weekday, opens, closes) VALUES
    ('madrid', 7, '11:00', '20:00'),
    ('valencia', 7, '11:00', '15:00');

CREATE TEMP TABLE years AS
SELECT CAST(strftime('%Y', today) AS INTEGER) + column1 AS year FROM clock, (VALUES (0), (1), (2));

INSERT INTO special_days (day, store, name_es, name_en, opens, closes)
SELECT year || '-' || column1, NULL, column2, column3, column4, column5 FROM years, (VALUES
    ('01-01', 'Año Nuevo', 'New Year''s Day', NULL, NULL),
    ('01-05', 'la víspera de Reyes', 'Epiphany Eve', '09:00', '20:00'),
    ('01-06', 'el día de Reyes', 'Epiphany', NULL, NULL),
    ('05-01', 'el Primero de Mayo', 'Labour Day', NULL, NULL),
    ('08-15', 'la Asunción', 'Assumption Day', '11:00', '20:00'),
    ('10-12', 'la Fiesta Nacional', 'the National Day', '11:00', '20:00'),
    ('11-01', 'Todos los Santos', 'All Saints'' Day', '11:00', '20:00'),
    ('12-06', 'el día de la Constitución', 'Constitution Day', '11:00', '20:00'),
    ('12-08', 'la Inmaculada', 'the Immaculate Conception', '11:00', '20:00'),
    ('12-24', 'Nochebuena', 'Christmas Eve', '09:00', '18:00'),
    ('12-25', 'Navidad', 'Christmas Day', NULL, NULL),
    ('12-31', 'Nochevieja', 'New Year''s Eve', '09:00', '18:00')
);

INSERT INTO special_days (day, store, name_es, name_en)
SELECT year || '-' || column2, column1, column3, column4 FROM years, (VALUES
    ('madrid', '05-15', 'San Isidro', 'Saint Isidore'),
    ('valencia', '03-19', 'San José', 'Saint Joseph'),
    ('sevilla', '02-28', 'el día de Andalucía', 'Andalusia Day')
);

-- Good Friday follows the moon.
INSERT INTO special_days (day, store, name_es, name_en)
SELECT column1, NULL, 'Viernes Santo', 'Good Friday' FROM (VALUES
    ('2026-04-03'), ('2027-03-26'), ('2028-04-14'), ('2029-03-30'), ('2030-04-19'), ('2031-04-11'), ('2032-03-26')
);
DROP TABLE years;

INSERT INTO special_day_terms (name_es, language, term) VALUES
    ('Año Nuevo', 'es', 'año nuevo'), ('Año Nuevo', 'en', 'new year'), ('Año Nuevo', 'en', 'new years day'),
    ('la víspera de Reyes', 'es', 'víspera de reyes'), ('la víspera de Reyes', 'es', 'noche de reyes'),
    ('la víspera de Reyes', 'en', 'epiphany eve'),
    ('el día de Reyes', 'es', 'reyes'), ('el día de Reyes', 'en', 'epiphany'), ('el día de Reyes', 'en', 'three kings'),
    ('el Primero de Mayo', 'es', 'primero de mayo'), ('el Primero de Mayo', 'es', 'día del trabajo'),
    ('el Primero de Mayo', 'en', 'labour day'), ('el Primero de Mayo', 'en', 'labor day'),
    ('la Asunción', 'es', 'asunción'), ('la Asunción', 'en', 'assumption'),
    ('la Fiesta Nacional', 'es', 'fiesta nacional'), ('la Fiesta Nacional', 'es', 'día de la hispanidad'),
    ('la Fiesta Nacional', 'es', 'el pilar'), ('la Fiesta Nacional', 'en', 'national day'),
    ('Todos los Santos', 'es', 'todos los santos'), ('Todos los Santos', 'en', 'all saints'),
    ('el día de la Constitución', 'es', 'constitución'), ('el día de la Constitución', 'en', 'constitution'),
    ('la Inmaculada', 'es', 'inmaculada'), ('la Inmaculada', 'en', 'immaculate'),
    ('Nochebuena', 'es', 'nochebuena'), ('Nochebuena', 'es', 'noche buena'), ('Nochebuena', 'en', 'christmas eve'),
    ('Navidad', 'es', 'navidad'), ('Navidad', 'en', 'christmas'), ('Navidad', 'en', 'xmas'),
    ('Nochevieja', 'es', 'nochevieja'), ('Nochevieja', 'es', 'fin de año'), ('Nochevieja', 'es', 'noche vieja'),
    ('Nochevieja', 'en', 'new years eve'), ('Nochevieja', 'en', 'new year s eve'),
    ('San Isidro', 'es', 'san isidro'), ('San Isidro', 'en', 'saint isidore'),
    ('San José', 'es', 'san josé'), ('San José', 'en', 'saint joseph'),
    ('el día de Andalucía', 'es', 'día de andalucía'), ('el día de Andalucía', 'en', 'andalusia day'),
    ('Viernes Santo', 'es', 'viernes santo'), ('Viernes Santo', 'en', 'good friday');
