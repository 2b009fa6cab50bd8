-- Times at the offices, who has them, files and complaints. Days are counted from today (the one-row table `clock`).

WITH RECURSIVE ahead (days) AS (VALUES (0) UNION ALL SELECT days + 1 FROM ahead WHERE days < 28),
hours (office, first, last) AS (VALUES ('plaza', 9, 14), ('ronda', 10, 18)),
clocked (hour) AS (VALUES (9) UNION ALL SELECT hour + 1 FROM clocked WHERE hour < 18)
INSERT INTO openings (office, day, time)
SELECT office, date(today, days || ' days'), printf('%02d:%s', hour, column1)
FROM clock, ahead, hours, clocked, (VALUES ('00'), ('20'), ('40'))
WHERE hour >= first AND hour < last AND strftime('%w', date(today, days || ' days')) NOT IN ('0', '6')
    AND NOT (office = 'ronda' AND strftime('%w', date(today, days || ' days')) = '5' AND hour >= 14)
    AND date(today, days || ' days') NOT IN (SELECT day FROM special_days)
ORDER BY days, office, hour, column1;

CREATE TEMP TABLE working AS
SELECT day, row_number() OVER (ORDER BY day) AS place FROM (SELECT DISTINCT day FROM openings, clock WHERE day > today);

-- What the named citizens have: locator, NIF, procedure, office, which working day from tomorrow, time.
INSERT INTO appointments (locator, nif, procedure, opening)
SELECT column1, column2, column3, openings.id
FROM (VALUES
    (410001, '12345678Z', 'register', 'plaza', 3, '10:20'),
    (410002, '45678912S', 'works', 'plaza', 5, '12:00'),
    (410003, '45678912S', 'car_tax', 'ronda', 8, '11:40'),
    (410004, 'X1234567L', 'certificate', 'ronda', 4, '11:00'))
JOIN working ON working.place = column5
JOIN openings ON openings.office = column4 AND openings.day = working.day AND openings.time = column6;

-- Somebody has half of the rest, and all of the next two working days.
INSERT INTO appointments (locator, nif, procedure, opening)
SELECT 300000 + openings.id, '00000000T', 'register', openings.id
FROM clock, openings LEFT JOIN working USING (day)
WHERE openings.id NOT IN (SELECT opening FROM appointments)
    AND (openings.id * 7 % 5 < 2 OR day = today OR place <= 2);
DROP TABLE working;

INSERT INTO files (number, nif, procedure, opened, changed, state, due, missing_es, missing_en)
SELECT column1, column2, column3, date(today, column4 || ' days'), date(today, column5 || ' days'), column6,
    date(today, column7 || ' days'), column8, column9
FROM clock, (VALUES
    ('7041031', '12345678Z', 'works', -30, -4, 'in_review', 60, NULL, NULL),
    ('7041032', '45678912S', 'business', -50, -8, 'waiting', 40, 'el plano del local', 'the floor plan'),
    ('7041033', 'X1234567L', 'parking', -12, -2, 'approved', 0, NULL, NULL),
    ('7041034', '87654321X', 'terrace', -80, -15, 'refused', -15, NULL, NULL),
    ('7041035', '12345678Z', 'disabled', -1, -1, 'received', 90, NULL, NULL));

INSERT INTO complaints (key, subject, words, phone, opened, due, state)
SELECT column1, column2, column7, column3, date(today, column4 || ' days'), date(today, column5 || ' days'), column6
FROM clock, (VALUES
    ('83000011', 'lighting', '+34600555061', -9, 21, 'open', 'La farola de la calle del Olmo está apagada.'),
    ('83000012', 'noise', '+34600555062', -45, -15, 'answered', 'Un bar pone música hasta las cuatro.'));
