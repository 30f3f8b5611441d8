-- A pull adds thousands of key values between two looks. A plan that was made while the table was all but empty reads the
-- whole run's values at each look, for as long as the connection keeps it. So a look is planned anew, and by the index.
CREATE FUNCTION hub.key_guids(run bigint, place text, texts text[]) RETURNS SETOF text
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
    SELECT DISTINCT k.guid
    FROM hub.key_value k
    WHERE k.run = key_guids.run
      AND k.value = ANY (ARRAY(SELECT hashtextextended(key_guids.place || wanted.text, 0) FROM unnest(key_guids.texts) AS wanted (text)))
$$;
