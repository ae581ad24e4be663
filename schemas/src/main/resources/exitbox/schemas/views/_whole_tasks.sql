-- Every snapshot of the recording up to the end of the window, whatever the filters leave of tasks.
CREATE VIEW _whole_tasks AS
SELECT * FROM tasks;
