package io.jobs4j.sdk;

import io.jobs4j.core.catalog.DefinitionCatalog;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.sdk.internal.engine.Engine;
import io.jobs4j.sdk.internal.engine.EngineSettings;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Opening;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Builds an engine. A database and definitions must be given; adapters are found on the class path.
 * Not safe for use by several threads.
 */
public final class JobsEngineBuilder {
  private static final DurationRange LEASE =
      new DurationRange("lease", Duration.ofSeconds(1), Duration.ofDays(7));
  private static final DurationRange DATABASE_WAIT =
      new DurationRange("databaseWait", Duration.ZERO, Duration.ofDays(7));
  private static final DurationRange RETENTION =
      new DurationRange("retention", Duration.ofNanos(1), DurationRange.CENTURY);

  private @Nullable Function<Opening, Database> database;
  private @Nullable Supplier<Catalog> catalog;
  private @Nullable Clock clock;
  private ValidationOptions validation = ValidationOptions.defaults();
  private WorkDirectoryPolicy workDirectories = WorkDirectoryPolicy.DELETE_AFTER_ARCHIVE;
  private ArchiveComparison archiveComparison = ArchiveComparison.LENGTHS;
  private int workers = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
  private Durability durability = Durability.POWER;
  private Duration lease = StoreSettings.DEFAULT.lease();
  private Duration databaseWait = StoreSettings.DEFAULT.databaseWait();
  private String node = StoreSettings.DEFAULT.node();
  private Names names = Names.DEFAULT;
  private boolean createTables = true;
  private RecoveryPolicies recovery = RecoveryPolicies.defaults();
  private @Nullable Duration retention;
  private Predicate<Caller> administrators = caller -> false;
  private final List<FileStorageProvider> storages = new ArrayList<>();
  private final List<CommandRunnerProvider> runners = new ArrayList<>();
  private final List<RemoteSchedulerProvider> schedulers = new ArrayList<>();
  private final List<JobListener> listeners = new ArrayList<>();
  private EngineMetrics metrics = EngineMetrics.NONE;

  JobsEngineBuilder() {}

  /**
   * Keeps jobs in an H2 database in {@code directory}, which is made if it is not there, for its
   * owner alone. So is the file. From one that is there, each start takes the rights of accounts
   * that are neither its owner nor in its group; a directory that is there keeps its permissions.
   */
  public JobsEngineBuilder database(Path directory) {
    database = opening -> Database.inDirectory(directory, opening);
    return this;
  }

  /**
   * Keeps jobs in a database of the caller's, which stays open when the engine is closed:
   * PostgreSQL, or H2, best with a URL that begins with {@code jdbc:h2:async:}. Several engines may
   * work on it and share its jobs. A source that pools connections is faster. The engine keeps one
   * connection for itself and on PostgreSQL another one, on which it hears the announcements of
   * other engines and which no proxy between may share with others.
   */
  public JobsEngineBuilder dataSource(DataSource source) {
    database = opening -> Database.of(source, opening);
    return this;
  }

  /**
   * Keeps jobs in the database that a JDBC URL names, PostgreSQL or H2, with a pool of connections
   * of the engine's own. Several engines may work on it and share its jobs.
   */
  public JobsEngineBuilder database(String url, String user, String password) {
    database = opening -> Database.at(url, user, password, opening);
    return this;
  }

  /** Keeps jobs in memory, so that they are gone when the engine is closed. For tests. */
  public JobsEngineBuilder inMemory() {
    database = Database::inMemory;
    return this;
  }

  /**
   * Reads apps and systems from the JSON files in {@code directory} ({@code apps}, {@code
   * systems}), and imports its tenant queues ({@code queues}) at the start.
   */
  public JobsEngineBuilder definitions(Path directory) {
    catalog = () -> DefinitionCatalog.read(directory);
    return this;
  }

  /** Looks apps and systems up in {@code source}. */
  public JobsEngineBuilder catalog(Catalog source) {
    catalog = () -> source;
    return this;
  }

  /**
   * Tells the time, for tests. By default it is the database's, so that engines that share one
   * agree whatever the clocks of their hosts say.
   */
  public JobsEngineBuilder clock(Clock source) {
    this.clock = source;
    return this;
  }

  /** How requests are checked. */
  public JobsEngineBuilder validation(ValidationOptions options) {
    this.validation = options;
    return this;
  }

  /** What becomes of work directories; they are deleted after archiving by default. */
  public JobsEngineBuilder workDirectories(WorkDirectoryPolicy policy) {
    this.workDirectories = policy;
    return this;
  }

  /**
   * How an archive is compared with the work directory before that is deleted: by names and lengths
   * by default. With {@link ArchiveComparison#CHECKSUMS} each file is read once more on both sides,
   * by the engine and one after the other, which takes about as long as another transfer.
   */
  public JobsEngineBuilder archiveComparison(ArchiveComparison comparison) {
    this.archiveComparison = comparison;
    return this;
  }

  /**
   * How many jobs are staged, submitted or archived at once; twice the processors by default, and
   * at least 4. Jobs that run need none. With none at all the engine accepts jobs, changes and
   * answers requests, and leaves the work to other engines on the database, or to one that is
   * started on it later.
   *
   * @throws IllegalArgumentException if it is not between 0 and 1000
   */
  public JobsEngineBuilder workers(int count) {
    if (count < 0 || count > 1000) {
      throw new IllegalArgumentException("workers " + count + " must be from 0 to 1000");
    }
    this.workers = count;
    return this;
  }

  /**
   * What acknowledged changes survive; {@link Durability#POWER} by default. A database that cannot
   * give it is refused at the start. One in memory gives {@link Durability#NONE} whatever is said
   * here.
   */
  public JobsEngineBuilder durability(Durability level) {
    this.durability = level;
    return this;
  }

  /**
   * After how long without a sign of life this engine is declared dead by others on its database,
   * which take up its jobs within a third of that time more; 30 seconds by default. It has to be
   * longer than any pause that the process may make.
   *
   * @throws IllegalArgumentException if it is shorter than a second or longer than seven days
   */
  public JobsEngineBuilder lease(Duration time) {
    this.lease = LEASE.require(time);
    return this;
  }

  /**
   * Names this engine among those on its database; it has no name by default. An engine that starts
   * takes up the jobs of a former one of the same name at once, so no two that run may share one.
   *
   * @throws IllegalArgumentException if the name is blank or longer than 255 characters
   */
  public JobsEngineBuilder node(String name) {
    if (name.isBlank() || name.length() > 255) {
      throw new IllegalArgumentException(
          "node \"" + name + "\" must have from 1 to 255 characters");
    }
    this.node = name;
    return this;
  }

  /**
   * How long calls wait for a database that does not answer before they throw {@link
   * StoreException}; 30 seconds by default. Each call ends within this time and three seconds more,
   * whatever the database, a lock in it or a {@link #dataSource} does; so does {@link #start} once
   * the database answers nobody, which it may do for ten seconds at least. Jobs do not fail for it
   * however long it takes. An H2 database cannot be made to give up a call that only reads, and
   * does not need to: it runs in this process.
   *
   * @throws IllegalArgumentException if it is negative or longer than seven days
   */
  public JobsEngineBuilder databaseWait(Duration time) {
    this.databaseWait = DATABASE_WAIT.require(time);
    return this;
  }

  /**
   * Begins the names of the engine's tables, indexes and sequences, and of the channel on which
   * engines announce to each other what has happened; {@code jobs4j_} by default. Engines with
   * another prefix in the same database do not see each other's jobs.
   *
   * @throws IllegalArgumentException if it does not begin with a letter, has anything else than
   *     lower-case letters, digits and underscores, or more than 30 characters
   */
  public JobsEngineBuilder tablePrefix(String prefix) {
    this.names = names.withPrefix(prefix);
    return this;
  }

  /**
   * Names the schema of the engine's tables, which must exist; by default it is that which
   * connections to the database have by themselves. It must not be a reserved word of the database.
   *
   * @throws IllegalArgumentException if it does not begin with a letter, has anything else than
   *     lower-case letters, digits and underscores, or more than 63 characters
   */
  public JobsEngineBuilder schema(String name) {
    this.names = names.withSchema(name);
    return this;
  }

  /**
   * Whether the engine makes the tables that are missing; it does by default. If it does not, they
   * must be there: {@link SchemaScript} prints the statements that make them.
   */
  public JobsEngineBuilder createTables(boolean create) {
    this.createTables = create;
    return this;
  }

  /**
   * Deletes jobs with all that is kept of them, but not their files, a time after their end; they
   * are kept for ever by default. It is done little by little, a thousand jobs at each sign of
   * life.
   *
   * @throws IllegalArgumentException if it is not positive, or longer than a hundred years
   */
  public JobsEngineBuilder retention(Duration time) {
    this.retention = RETENTION.require(time);
    return this;
  }

  /**
   * Says who may do with all jobs of their tenant what owners may do with theirs, by their names or
   * roles (Aloe, "Tenant Administrators"); nobody by default. It is asked often and must not block.
   */
  public JobsEngineBuilder administrators(Predicate<Caller> test) {
    this.administrators = test;
    return this;
  }

  /** How long jobs wait for what blocks them, and how often it is looked at. */
  public JobsEngineBuilder recovery(RecoveryPolicies policies) {
    this.recovery = policies;
    return this;
  }

  /** Adds an adapter; it is preferred to those on the class path. */
  public JobsEngineBuilder adapter(FileStorageProvider provider) {
    storages.add(provider);
    return this;
  }

  /** Adds an adapter; it is preferred to those on the class path. */
  public JobsEngineBuilder adapter(CommandRunnerProvider provider) {
    runners.add(provider);
    return this;
  }

  /** Adds an adapter; it is preferred to those on the class path. */
  public JobsEngineBuilder adapter(RemoteSchedulerProvider provider) {
    schedulers.add(provider);
    return this;
  }

  /** Adds one who is told of changes of jobs. */
  public JobsEngineBuilder listener(JobListener listener) {
    listeners.add(listener);
    return this;
  }

  /** Where the engine puts what it measures of itself; nowhere by default. */
  public JobsEngineBuilder metrics(EngineMetrics target) {
    this.metrics = target;
    return this;
  }

  /**
   * Opens the database and begins to work on what is in it.
   *
   * @throws IllegalStateException if no database or no definitions were given
   * @throws StoreException if the database cannot be opened, another engine has it, it cannot give
   *     the durability, or something that is not the engine's bears the names of its tables
   * @throws io.jobs4j.core.catalog.InvalidDefinitionException with all that is wrong with the
   *     definitions
   */
  public JobsEngine start() {
    if (database == null) {
      throw new IllegalStateException(
          "no database was given: call database, dataSource or inMemory");
    }
    if (catalog == null) {
      throw new IllegalStateException("no definitions were given: call definitions or catalog");
    }
    Catalog definitions = catalog.get();
    Database opened = database.apply(new Opening(durability, databaseWait, names, createTables));
    EngineSettings settings;
    try {
      settings = settings(definitions, clock == null ? opened.clock() : clock);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    return new JobsEngine(Engine.start(opened, settings));
  }

  private EngineSettings settings(Catalog definitions, Clock time) {
    return new EngineSettings(
        definitions,
        definitions instanceof DefinitionCatalog own ? own.tenantQueues() : List.of(),
        time,
        validation,
        workDirectories,
        archiveComparison,
        workers,
        new StoreSettings(node, lease, databaseWait),
        recovery,
        retention,
        administrators,
        List.copyOf(storages),
        List.copyOf(runners),
        List.copyOf(schedulers),
        List.copyOf(listeners),
        metrics);
  }
}
