-- Patients, the times that doctors have, who has them, and bills. Days are counted from today (the one-row table `clock`).

INSERT INTO patients (number, name, born, phone) VALUES
    ('204518', 'Elena Prieto', '1978-04-12', '600 555 018'),
    ('204733', 'Julián Robles', '1951-09-30', '600 555 033'),
    ('205190', 'Sara Domínguez', '1990-01-05', '600 555 090'),
    ('206044', 'Tomás Herrero', '1985-06-21', '600 555 044'),
    ('207312', 'Alice Bennett', '1969-11-02', '600 555 012'),
    ('208871', 'Marta Cuesta', '2001-03-17', '600 555 071'),
    ('209405', 'Peter Lang', '1958-12-24', '600 555 005');

INSERT INTO referrals (patient, specialty, made)
SELECT '204733', 'cardiology', date(today, '-10 days') FROM clock;

-- Five weeks of working days, every half hour in the morning or the afternoon, by doctor.
WITH RECURSIVE ahead (days) AS (VALUES (0) UNION ALL SELECT days + 1 FROM ahead WHERE days < 35),
hours (doctor, first, last) AS (VALUES
    ('ruiz', 9, 13), ('casado', 15, 19), ('pardo', 9, 13), ('lozano', 15, 19), ('beltran', 9, 13), ('mora', 15, 19),
    ('aranda', 9, 17), ('vidal', 10, 13), ('santos', 9, 12), ('nieto', 10, 19), ('equipo', 8, 10)),
clocked (hour) AS (VALUES (8) UNION ALL SELECT hour + 1 FROM clocked WHERE hour < 19)
INSERT INTO openings (doctor, day, time)
SELECT doctor, date(today, days || ' days'), printf('%02d:%s', hour, column1)
FROM clock, ahead, hours, clocked, (VALUES ('00'), ('30'))
WHERE hour >= first AND hour < last AND strftime('%w', date(today, days || ' days')) NOT IN ('0', '6')
    AND date(today, days || ' days') NOT IN (SELECT day FROM special_days)
ORDER BY days, doctor, hour, column1;

CREATE TEMP TABLE working AS
SELECT day, row_number() OVER (ORDER BY day) AS place FROM (SELECT DISTINCT day FROM openings, clock WHERE day > today);

-- What the named patients have: patient, doctor, which working day from tomorrow, time.
INSERT INTO appointments (reference, patient, opening, made)
SELECT column1, column2, openings.id, date(today, '-6 days')
FROM clock, (VALUES
    (700101, '204518', 'beltran', 3, '10:30'),
    (700102, '204733', 'ruiz', 2, '09:30'),
    (700103, '204733', 'vidal', 7, '11:00'),
    (700104, '207312', 'aranda', 4, '12:00'),
    (700105, '209405', 'nieto', 1, '16:00'))
JOIN working ON working.place = column4
JOIN openings ON openings.doctor = column3 AND openings.day = working.day AND openings.time = column5;

-- One that is today, if today is a working day: it can only be cancelled by a person.
INSERT INTO appointments (reference, patient, opening, made)
SELECT 700106, '208871', openings.id, date(today, '-6 days')
FROM clock JOIN openings ON openings.doctor = 'casado' AND openings.day = today AND openings.time = '18:00';

-- Others have half of the rest; the paediatrician has nothing free in the next working week, the heart doctor only late.
INSERT INTO appointments (reference, patient, opening, made)
SELECT 600000 + id, '206044', id, date(today, '-20 days')
FROM clock, openings LEFT JOIN working USING (day)
WHERE id NOT IN (SELECT opening FROM appointments)
    AND (id * 7 % 5 < 2 OR day = today OR (doctor = 'pardo' AND place <= 5) OR (doctor = 'santos' AND place <= 12));
DROP TABLE working;

INSERT INTO bills (number, patient, concept_es, concept_en, amount, issued, state)
SELECT column1, column2, column3, column4, column5, date(today, column6 || ' days'), column7
FROM clock, (VALUES
    ('3021', '204518', 'consulta de dermatología', 'dermatology visit', 7000, -20, 'open'),
    ('3022', '204733', 'análisis de sangre', 'blood test', 2500, -12, 'open'),
    ('3023', '204733', 'consulta de oftalmología', 'ophthalmology visit', 6500, -40, 'open'),
    ('3024', '207312', 'consulta de traumatología', 'orthopaedics visit', 7500, -9, 'open'),
    ('3025', '205190', 'fisioterapia', 'physiotherapy', 3800, -60, 'paid'),
    ('3026', '209405', 'fisioterapia, dos sesiones', 'physiotherapy, two sessions', 7600, -5, 'open'));
INSERT INTO payments (receipt, bill, amount, card, paid)
SELECT 500001, '3025', 3800, 'local-0', date(today, '-58 days') FROM clock;
