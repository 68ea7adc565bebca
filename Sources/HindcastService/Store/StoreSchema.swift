internal import GRDB

/// The tables of a service's database, and how older databases become like them.
enum StoreSchema {
  /// Tells Hindcast's databases from others: `HNDC`.
  static let applicationID: Int32 = 0x484E_4443

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    // A migration that was released is never changed: what is new comes in one after it.
    migrator.registerMigration("1 tables") { try $0.execute(sql: tables) }
    migrator.registerMigration("2 task queues of each type") { try $0.execute(sql: taskQueues) }
    return migrator
  }

  private static let tables = """
    -- Where the server stood after the last transaction.
    CREATE TABLE server (id INTEGER PRIMARY KEY CHECK (id = 1), ids INTEGER NOT NULL, now INTEGER NOT NULL);

    CREATE TABLE namespaces (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;

    -- Runs. Times are nanoseconds since 1970 UTC, 0 for none; the view `visibility` shows them in words.
    CREATE TABLE executions (
      run_id TEXT PRIMARY KEY,
      namespace TEXT NOT NULL,
      workflow_id TEXT NOT NULL,
      workflow_type TEXT NOT NULL,
      task_queue TEXT NOT NULL,
      status INTEGER NOT NULL,
      start_time INTEGER NOT NULL,
      execution_time INTEGER NOT NULL,
      close_time INTEGER NOT NULL,
      history_length INTEGER NOT NULL,
      history_size_bytes INTEGER NOT NULL,
      parent_workflow_id TEXT NOT NULL,
      parent_run_id TEXT NOT NULL,
      root_workflow_id TEXT NOT NULL,
      search_attributes TEXT,
      record BLOB NOT NULL
    ) WITHOUT ROWID;

    CREATE VIEW visibility AS SELECT
      namespace, workflow_id, run_id, workflow_type, task_queue,
      CASE status
        WHEN 1 THEN 'Running' WHEN 2 THEN 'Completed' WHEN 3 THEN 'Failed' WHEN 4 THEN 'Canceled' WHEN 5 THEN 'Terminated'
        WHEN 6 THEN 'ContinuedAsNew' WHEN 7 THEN 'TimedOut' WHEN 8 THEN 'Paused' ELSE status
      END AS status,
      strftime('%Y-%m-%dT%H:%M:%fZ', start_time / 1e9, 'unixepoch') AS start_time,
      strftime('%Y-%m-%dT%H:%M:%fZ', execution_time / 1e9, 'unixepoch') AS execution_time,
      CASE close_time WHEN 0 THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%fZ', close_time / 1e9, 'unixepoch') END AS close_time,
      history_length, history_size_bytes, parent_workflow_id, parent_run_id, root_workflow_id, search_attributes
      FROM executions;

    CREATE TABLE current_runs (
      namespace TEXT NOT NULL, workflow_id TEXT NOT NULL, run_id TEXT NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (namespace, workflow_id)
    ) WITHOUT ROWID;

    -- Histories: each row holds the events of one transaction as a temporal.api.history.v1.History.
    CREATE TABLE history_batches (
      run_id TEXT NOT NULL, first_event_id INTEGER NOT NULL, events BLOB NOT NULL,
      PRIMARY KEY (run_id, first_event_id)
    ) WITHOUT ROWID;

    CREATE TABLE activities (
      run_id TEXT NOT NULL, scheduled_event_id INTEGER NOT NULL, activity_type TEXT NOT NULL, attempt INTEGER NOT NULL,
      record BLOB NOT NULL, PRIMARY KEY (run_id, scheduled_event_id)
    ) WITHOUT ROWID;
    CREATE TABLE timers (
      run_id TEXT NOT NULL, timer_id TEXT NOT NULL, due INTEGER NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (run_id, timer_id)
    ) WITHOUT ROWID;
    CREATE TABLE children (
      run_id TEXT NOT NULL, initiated_event_id INTEGER NOT NULL, workflow_id TEXT NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (run_id, initiated_event_id)
    ) WITHOUT ROWID;
    CREATE TABLE externals (
      run_id TEXT NOT NULL, initiated_event_id INTEGER NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (run_id, initiated_event_id)
    ) WITHOUT ROWID;
    CREATE TABLE updates (
      run_id TEXT NOT NULL, update_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (run_id, update_id)
    ) WITHOUT ROWID;
    CREATE TABLE nexus_operations (
      run_id TEXT NOT NULL, scheduled_event_id INTEGER NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (run_id, scheduled_event_id)
    ) WITHOUT ROWID;
    CREATE TABLE requests (
      run_id TEXT NOT NULL, request_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (run_id, request_id)
    ) WITHOUT ROWID;
    CREATE TABLE buffered_events (
      run_id TEXT NOT NULL, position INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (run_id, position)
    ) WITHOUT ROWID;

    CREATE TABLE task_queues (
      namespace TEXT NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (namespace, name)
    ) WITHOUT ROWID;
    CREATE TABLE schedules (
      namespace TEXT NOT NULL, schedule_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (namespace, schedule_id)
    ) WITHOUT ROWID;
    CREATE TABLE deployments (
      namespace TEXT NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (namespace, name)
    ) WITHOUT ROWID;
    CREATE TABLE nexus_endpoints (
      namespace TEXT NOT NULL, id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (namespace, id)
    ) WITHOUT ROWID;
    CREATE TABLE batch_operations (
      namespace TEXT NOT NULL, job_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (namespace, job_id)
    ) WITHOUT ROWID;
    CREATE TABLE standalone_activities (
      namespace TEXT NOT NULL, run_id TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (namespace, run_id)
    ) WITHOUT ROWID;
    """

  /// A name may be that of a queue of each type; nothing was ever written to the table of version 1.
  private static let taskQueues = """
    DROP TABLE task_queues;

    -- What is known of a task queue beside its tasks, which follow from the runs: who polled it, and how many tasks a second
    -- its workers want at most (NULL if they did not say). Sticky queues are not here: they end with their worker's process.
    CREATE TABLE task_queues (
      namespace TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, max_tasks_per_second REAL,
      record BLOB NOT NULL, PRIMARY KEY (namespace, key)
    ) WITHOUT ROWID;
    """
}
