-- Of what jobs wait for. The statements can be run again.

-- The engine that looks at it at the moment; empty if none does.
ALTER TABLE recovery ADD COLUMN IF NOT EXISTS engine VARCHAR(36);
-- When a look at it began or ended last.
ALTER TABLE recovery ADD COLUMN IF NOT EXISTS looked TIMESTAMP(3) WITH TIME ZONE;
-- When the policy has the next attempt, while there is a look before that: next_attempt then is the time of the look.
ALTER TABLE recovery ADD COLUMN IF NOT EXISTS scheduled TIMESTAMP(3) WITH TIME ZONE;
