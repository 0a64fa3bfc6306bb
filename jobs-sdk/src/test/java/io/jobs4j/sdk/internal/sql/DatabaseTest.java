package io.jobs4j.sdk.internal.sql;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.store.ChildProcess;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.store.Stored;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DatabaseTest {
  @TempDir Path directory;

  @Test
  void whatWasStoredIsThereAfterReopening() {
    Job job = Stored.job();
    List<?> tables;
    Database first = Database.inDirectory(directory, Durability.POWER);
    try (Store store = store(first)) {
      store.jobs().insert(job, "{}");
      store.changes().change(job.id(), head -> JobChange.to(JobStatus.PENDING, "é漢😀"));
      tables = Stored.tables(first);
    }
    try (Database again = Database.inDirectory(directory, Durability.POWER)) {
      assertThat(Stored.tables(again)).isEqualTo(tables);
    }
  }

  @Test
  void makesTheDirectoryAndTakesAnyNameOfIt() {
    for (String name : List.of("a/b", "with blank", "it's", "ünïcödé", "per%20cent")) {
      Path made = directory.resolve(name);
      Database.inDirectory(made, Durability.POWER).close();
      assertThat(made.resolve("jobs4j.mv.db")).isRegularFile();
    }
  }

  @Test
  void othersCannotReadTheFiles() throws Exception {
    Database.inDirectory(directory.resolve("a/b"), Durability.POWER).close();
    assertThat(mode(directory.resolve("a/b"))).isEqualTo("rwx------");
    assertThat(mode(directory.resolve("a/b/jobs4j.mv.db"))).isEqualTo("rw-------");

    Path there = Files.createDirectory(directory.resolve("there"));
    permit(there, "rwxr-xr-x");
    Database.inDirectory(there, Durability.POWER).close();
    assertThat(mode(there)).isEqualTo("rwxr-xr-x");
    assertThat(mode(there.resolve("jobs4j.mv.db"))).isEqualTo("rw-------");
  }

  @Test
  void valuesOfStatementsThatFailAreInNoFile() throws Exception {
    String secret = "hunter2 ".repeat(1000);
    try (Database database = Database.inDirectory(directory, Durability.POWER)) {
      assertThatThrownBy(
              () ->
                  database
                      .jdbi()
                      .useHandle(
                          handle ->
                              handle.execute(
                                  "INSERT INTO jobs4j_schema (script, checksum) VALUES (?, 'x')",
                                  secret)))
          .hasStackTraceContaining("too long");
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.toList())
          .containsExactly(directory.resolve("jobs4j.mv.db"))
          .allSatisfy(
              file ->
                  assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
                      .doesNotContain("hunter2"));
    }
  }

  @Test
  void takesTheRightsOfOthersAndNotOfTheGroupFromFilesThatWereThere() throws Exception {
    Database.inDirectory(directory, Durability.POWER).close();
    Path data = directory.resolve("jobs4j.mv.db");
    Path trace = Files.writeString(directory.resolve("jobs4j.trace.db"), "");
    Path foreign = Files.writeString(directory.resolve("other.mv.db"), "");
    permit(data, "rw-rw-r--");
    permit(trace, "rw-r--r--");
    permit(foreign, "rw-rw-r--");

    Database.inDirectory(directory, Durability.POWER).close();

    assertThat(List.of(data, trace, foreign))
        .extracting(DatabaseTest::mode)
        .containsExactly("rw-rw----", "rw-r-----", "rw-rw-r--");
  }

  @Test
  void startsThoughTheRightsOfAFileCannotBeSeen() throws Exception {
    Files.createSymbolicLink(directory.resolve("jobs4j.old.db"), directory.resolve("nowhere"));

    Database.inDirectory(directory, Durability.POWER).close();

    assertThat(mode(directory.resolve("jobs4j.mv.db"))).isEqualTo("rw-------");
  }

  @Test
  void makesFilesWhereThereAreNoPermissions() throws Exception {
    URI archive = URI.create("jar:" + directory.resolve("files.zip").toUri());
    try (FileSystem files = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path made = files.getPath("/a/b");

      DatabaseFiles.makePrivate(made, made.resolve("jobs4j"));

      assertThat(made.resolve("jobs4j.mv.db")).isRegularFile();
    }
  }

  private static void permit(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static String mode(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void refusesANameThatH2WouldTakeForSomethingElse() {
    for (String name : List.of("db;INIT=SHUTDOWN", "back\\slash")) {
      Path bad = directory.resolve(name);
      assertThatThrownBy(() -> Database.inDirectory(bad, Durability.POWER))
          .isInstanceOf(StoreException.class)
          .hasMessage(
              "The directory %s cannot hold the database: its path has a semicolon or backslash.",
              bad);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void saysSoIfTheDirectoryCannotBeMade() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> Database.inDirectory(file, Durability.POWER))
        .isInstanceOf(StoreException.class)
        .hasMessage("The directory %s cannot be made.", file);
  }

  @Test
  void saysSoIfTheFileIsNoDatabase() throws Exception {
    Files.writeString(directory.resolve("jobs4j.mv.db"), "no database".repeat(1000));
    assertThatThrownBy(() -> Database.inDirectory(directory, Durability.POWER))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("The database cannot be opened");
  }

  @Test
  void aSecondEngineInTheSameProcessIsRefusedAndDisturbsNothing() {
    Database first = Database.inDirectory(directory, Durability.POWER);
    try (Store store = store(first)) {
      store.jobs().insert(Stored.job(), "{}");
      List<?> tables = Stored.tables(first);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> Database.inDirectory(directory, Durability.POWER))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("Another engine works on this database");
      }
      store.jobs().insert(Stored.job(), "{}");
      assertThat(Stored.tables(first).get(0)).hasSize(2);
      assertThat(Stored.tables(first)).isNotEqualTo(tables);
    }
    Database.inDirectory(directory, Durability.POWER).close();
  }

  @Test
  void aSecondEngineInAnotherProcessIsRefused() throws Exception {
    try (Database first = Database.inDirectory(directory, Durability.POWER)) {
      assertThat(openElsewhere()).contains("is another engine using it?");
      assertThat(Stored.tables(first).get(0)).isEmpty();
    }
    assertThat(openElsewhere()).contains("opened");
  }

  private String openElsewhere() throws Exception {
    Process process = ChildProcess.start(Opener.class, directory.toString());
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** Opens a database and says how that went. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      PrintWriter out = new PrintWriter(System.out, true, UTF_8);
      try (Database database = Database.inDirectory(Path.of(arguments[0]), Durability.POWER)) {
        out.println("opened " + database.durability());
      } catch (StoreException e) {
        out.println(e.getMessage());
      }
    }
  }

  @Test
  void aDatabaseThatCannotGiveTheDurabilityIsRefusedWithTheReason() throws Exception {
    JdbcDataSource source = new JdbcDataSource();
    source.setUrl("jdbc:h2:mem:volatile");
    source.setUser("sa");
    source.setPassword("");
    try (Connection keepsItAlive = source.getConnection()) {
      for (Durability level : List.of(Durability.POWER, Durability.PROCESS)) {
        assertThatThrownBy(() -> Database.of(source, level))
            .isInstanceOf(StoreException.class)
            .hasMessage(
                "Durability %s is wanted, and jdbc:h2:mem:volatile is in memory: nothing of it"
                    + " survives the process.",
                level);
      }
      Database.of(source, Durability.NONE).close();
      assertThat(keepsItAlive.isValid(0)).isTrue();
    }
  }

  @Test
  void databasesInMemoryAreApartAndGoneWhenClosed() {
    try (Store one = store(Database.inMemory());
        Store other = store(Database.inMemory())) {
      Job job = Stored.job();
      one.jobs().insert(job, "{}");
      assertThat(one.jobs().load(job.id())).isPresent();
      assertThat(other.jobs().load(job.id())).isEmpty();
    }
  }

  @Test
  void anInterruptedReaderClosesTheFileForNobody() throws Exception {
    List<Job> jobs = new ArrayList<>();
    try (Store store = store(Database.inDirectory(directory, Durability.POWER))) {
      for (int i = 0; i < 20; i++) {
        Job job =
            Stored.job().toBuilder()
                .set(Job.Field.INPUTS, Map.of("in", List.of("x".repeat(100_000))))
                .build();
        jobs.add(job);
        store.jobs().insert(job, "{}");
      }
    }
    // Opened again, nothing is in memory, so that readers read the file.
    try (Store store = store(Database.inDirectory(directory, Durability.POWER))) {
      for (Job job : jobs) {
        Thread.currentThread().interrupt();
        assertThat(store.jobs().load(job.id())).isPresent();
        assertThat(Thread.interrupted()).isTrue();
      }
      store.jobs().insert(Stored.job(), "{}");
    }
  }

  @Test
  void migratingAgainChangesNothing() {
    List<?> before;
    try (Database database = Database.inDirectory(directory, Durability.POWER)) {
      before = schema(database);
      new Migrator(database.jdbi(), database.dialect(), database.names(), true).migrate();
      assertThat(schema(database)).isEqualTo(before);
    }
    try (Database database = Database.inDirectory(directory, Durability.POWER)) {
      assertThat(schema(database)).isEqualTo(before);
    }
  }

  @Test
  void aDatabaseOfALaterVersionIsRefused() throws Exception {
    Database.inDirectory(directory, Durability.POWER).close();
    change("INSERT INTO jobs4j_schema (script, checksum) VALUES ('V999__later.sql', 'x')");
    assertThatThrownBy(() -> Database.inDirectory(directory, Durability.POWER))
        .isInstanceOf(StoreException.class)
        .hasMessage("The database was made by a later version: it has run V999__later.sql.");
    change("DELETE FROM jobs4j_schema WHERE script = 'V999__later.sql'");
    Database.inDirectory(directory, Durability.POWER).close();
  }

  @Test
  void aScriptThatHasChangedIsRefused() throws Exception {
    Database.inDirectory(directory, Durability.POWER).close();
    change("UPDATE jobs4j_schema SET checksum = 'other'");
    assertThatThrownBy(() -> Database.inDirectory(directory, Durability.POWER))
        .isInstanceOf(StoreException.class)
        .hasMessage("The database was made with another version of V001.h2.sql.");
  }

  @Test
  void aScriptThatRanInPartIsCompleted() throws Exception {
    List<?> whole;
    try (Database database = Database.inDirectory(directory, Durability.POWER)) {
      whole = schema(database);
    }
    List<String> left =
        List.of(
            "DELETE FROM jobs4j_engine_lock",
            "DROP TABLE jobs4j_engine_lock",
            "DROP TABLE jobs4j_job_event",
            "DROP INDEX jobs4j_job_queue_ready",
            "DROP TABLE jobs4j_engine",
            "DROP TABLE jobs4j_job_blocked",
            "DROP TABLE jobs4j_recovery",
            "DROP TABLE jobs4j_quota",
            "DROP TABLE jobs4j_tenant_queue",
            "DROP TABLE jobs4j_job_queue",
            "DROP TABLE jobs4j_job_payload",
            "DROP INDEX jobs4j_job_by_owner",
            "DROP TABLE jobs4j_job",
            "DROP SEQUENCE jobs4j_job_number",
            "DROP TABLE jobs4j_schema");
    for (int parts = 1; parts <= left.size(); parts++) {
      if (parts < left.size()) {
        change("DELETE FROM jobs4j_schema");
      }
      for (String statement : left.subList(0, parts)) {
        change(statement);
      }
      try (Database database = Database.inDirectory(directory, Durability.POWER)) {
        assertThat(schema(database)).as("after %s", left.get(parts - 1)).isEqualTo(whole);
      }
    }
  }

  private void change(String sql) throws Exception {
    try (Connection connection =
        DriverManager.getConnection("jdbc:h2:async:" + directory.resolve("jobs4j"), "sa", "")) {
      connection.createStatement().execute(sql);
    }
  }

  private static List<?> schema(Database database) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                List.of(
                    handle
                        .createQuery(
                            """
                            SELECT table_name, column_name, data_type, character_maximum_length,
                              is_nullable
                            FROM information_schema.columns WHERE table_schema = 'PUBLIC'
                            ORDER BY table_name, ordinal_position""")
                        .mapToMap()
                        .list(),
                    handle
                        .createQuery(
                            """
                            SELECT table_name, index_name FROM information_schema.indexes
                            WHERE index_name LIKE 'JOBS4J%' ORDER BY table_name, index_name""")
                        .mapToMap()
                        .list(),
                    handle.createQuery("SELECT * FROM jobs4j_schema").mapToMap().list(),
                    handle.createQuery("SELECT * FROM jobs4j_engine_lock").mapToMap().list()));
  }

  private static Store store(Database database) {
    return new Store(database, Stored.CLOCK);
  }
}
