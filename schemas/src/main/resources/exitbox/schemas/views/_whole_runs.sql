-- Every start and stop of the recorder up to the end of the window, whatever the filters leave of runs.
CREATE VIEW _whole_runs AS
SELECT * FROM runs;
