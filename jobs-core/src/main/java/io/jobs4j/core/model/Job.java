package io.jobs4j.core.model;

import io.jobs4j.core.lifecycle.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The job as clients see it (Aloe, "The Complete Job Object"), in which {@code id} is what Aloe's
 * model has as {@code uuid}. Immutable. It is built by name, with {@link #builder()}.
 *
 * <p>Each field is stated once, in {@link Field}: what clients read and write as JSON, and what is
 * stored of a job, follow from that.
 */
public final class Job { // Long, as it has a method for each of more than forty fields.
  private final Map<Field, Object> values;

  private Job(Map<Field, Object> values) {
    this.values = values;
  }

  /** A builder of a job that has nothing set yet. */
  public static Builder builder() {
    return new Builder(new EnumMap<>(Field.class));
  }

  /** A builder that starts from this job. */
  public Builder toBuilder() {
    return new Builder(new EnumMap<>(values));
  }

  /** The value of a field, of the type that the field has; {@code null} if the job has none. */
  public @Nullable Object get(Field field) {
    return values.get(field);
  }

  /** Unique job id. */
  public String id() {
    return get(Field.ID, String.class);
  }

  /** Human readable name. */
  public String name() {
    return get(Field.NAME, String.class);
  }

  /** The owner's tenant. */
  public String tenantId() {
    return get(Field.TENANT_ID, String.class);
  }

  /** Tenant queue to which the job was assigned. */
  public String tenantQueue() {
    return get(Field.TENANT_QUEUE, String.class);
  }

  /** Current state. */
  public JobStatus status() {
    return get(Field.STATUS, JobStatus.class);
  }

  /** Last message logged for the job. */
  public String lastStatusMessage() {
    return get(Field.LAST_STATUS_MESSAGE, String.class);
  }

  /** When the job was accepted. */
  public Instant accepted() {
    return get(Field.ACCEPTED, Instant.class);
  }

  /** When the job became visible, on leaving {@code ACCEPTED}. */
  public @Nullable Instant created() {
    return find(Field.CREATED, Instant.class);
  }

  /** When processing completed. */
  public @Nullable Instant ended() {
    return find(Field.ENDED, Instant.class);
  }

  /** When anything of it was last updated. */
  public Instant lastUpdated() {
    return get(Field.LAST_UPDATED, Instant.class);
  }

  /** User who submitted the job. */
  public String owner() {
    return get(Field.OWNER, String.class);
  }

  /** Roles of the owner, separated by commas. */
  public String roles() {
    return get(Field.ROLES, String.class);
  }

  /** Execution system. */
  public String systemId() {
    return get(Field.SYSTEM_ID, String.class);
  }

  /** Fully qualified application name. */
  public String appId() {
    return get(Field.APP_ID, String.class);
  }

  /** Unique application id. */
  public String appUuid() {
    return get(Field.APP_UUID, String.class);
  }

  /** Work directory on the execution system, relative to its root. */
  public @Nullable String workPath() {
    return find(Field.WORK_PATH, String.class);
  }

  /** Whether output is archived. */
  public boolean archive() {
    return get(Field.ARCHIVE, Boolean.class);
  }

  /** Whether output is archived even if the application fails. */
  public boolean archiveOnAppError() {
    return get(Field.ARCHIVE_ON_APP_ERROR, Boolean.class);
  }

  /** Where on the archive system; {@code null} if nothing is archived. */
  public @Nullable String archivePath() {
    return find(Field.ARCHIVE_PATH, String.class);
  }

  /** Storage system to which the job archives. */
  public @Nullable String archiveSystem() {
    return find(Field.ARCHIVE_SYSTEM, String.class);
  }

  /** Nodes requested. */
  public int nodeCount() {
    return get(Field.NODE_COUNT, Integer.class);
  }

  /** Processors on each node. */
  public int processorsPerNode() {
    return get(Field.PROCESSORS_PER_NODE, Integer.class);
  }

  /** GB of memory on each node; 0 if none was asked for. */
  public double memoryPerNode() {
    return get(Field.MEMORY_PER_NODE, Double.class);
  }

  /** Longest run time in hours; 0 if unlimited. */
  public double maxHours() {
    return get(Field.MAX_HOURS, Double.class);
  }

  /**
   * Inputs by key. Those of a job that an engine gives are read when somebody looks into them,
   * which fails, as {@code equals} does, if somebody has changed what is stored of them.
   */
  @SuppressWarnings("unchecked") // Built of such.
  public Map<String, List<String>> inputs() {
    return get(Field.INPUTS, Map.class);
  }

  /** Parameters by key: strings, numbers, booleans or lists of them. */
  @SuppressWarnings("unchecked") // Built of such.
  public Map<String, Object> parameters() {
    return get(Field.PARAMETERS, Map.class);
  }

  /** Job or process id on the execution system. */
  public @Nullable String remoteJobId() {
    return find(Field.REMOTE_JOB_ID, String.class);
  }

  /**
   * Further id given by the scheduler; {@code null} for jobs of this library, but other services
   * may have one.
   */
  public @Nullable String schedulerJobId() {
    return find(Field.SCHEDULER_JOB_ID, String.class);
  }

  /** Queue on the execution system. */
  public @Nullable String remoteQueue() {
    return find(Field.REMOTE_QUEUE, String.class);
  }

  /**
   * What the scheduler said last of why the job waits there, or does not go on though it has begun;
   * empty if nothing. It is this library's own field.
   */
  public String remoteReason() {
    return get(Field.REMOTE_REASON, String.class);
  }

  /** When the job was placed on the remote queue. */
  public @Nullable Instant remoteSubmitted() {
    return find(Field.REMOTE_SUBMITTED, Instant.class);
  }

  /** When it started running there. */
  public @Nullable Instant remoteStarted() {
    return find(Field.REMOTE_STARTED, Instant.class);
  }

  /** When it finished running there. */
  public @Nullable Instant remoteEnded() {
    return find(Field.REMOTE_ENDED, Instant.class);
  }

  /** Best approximation of how it ended there. */
  public @Nullable RemoteOutcome remoteOutcome() {
    return find(Field.REMOTE_OUTCOME, RemoteOutcome.class);
  }

  /** Attempts to submit to the execution system. */
  public int submitRetries() {
    return get(Field.SUBMIT_RETRIES, Integer.class);
  }

  /** Successful status queries. */
  public int remoteStatusChecks() {
    return get(Field.REMOTE_STATUS_CHECKS, Integer.class);
  }

  /** Failed status queries. */
  public int failedStatusChecks() {
    return get(Field.FAILED_STATUS_CHECKS, Integer.class);
  }

  /** When a status query was last attempted. */
  public @Nullable Instant lastStatusCheck() {
    return find(Field.LAST_STATUS_CHECK, Instant.class);
  }

  /** Times the job has become {@code BLOCKED}. */
  public int blockedCount() {
    return get(Field.BLOCKED_COUNT, Integer.class);
  }

  /** Whether the owner sees the job in lists. */
  public boolean visible() {
    return get(Field.VISIBLE, Boolean.class);
  }

  /** Why the job ended; {@code null} until it has. */
  public @Nullable ConditionCode conditionCode() {
    return find(Field.CONDITION_CODE, ConditionCode.class);
  }

  /**
   * What a blocked job waits for, the name of a recovery condition; {@code null} if it is not
   * blocked.
   */
  public @Nullable String blockedOn() {
    return find(Field.BLOCKED_ON, String.class);
  }

  /** When it is looked whether that has cleared; {@code null} if not blocked. */
  public @Nullable Instant nextAttempt() {
    return find(Field.NEXT_ATTEMPT, Instant.class);
  }

  /** The longest run time, to the second; {@code null} if unlimited. */
  public @Nullable Duration maxRunTime() {
    Duration limit = RunTimes.ofHours(maxHours());
    return limit.isZero() || limit.isNegative() ? null : limit;
  }

  /**
   * Where the output is: the archive path, or the work path of a job that does not archive; {@code
   * null} if it is not known yet.
   */
  public @Nullable String outputPath() {
    return archive() ? archivePath() : workPath();
  }

  private <T> T get(Field field, Class<T> type) {
    return type.cast(Objects.requireNonNull(get(field)));
  }

  private <T> @Nullable T find(Field field, Class<T> type) {
    return type.cast(get(field));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Job job && values.equals(job.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "Job[%s %s %s/%s %s]".formatted(id(), name(), tenantId(), owner(), status());
  }

  /** What a job has. Each is described where {@link Job} gives its value. */
  @SuppressWarnings("ImmutableEnumChecker") // What a job has otherwise is no map that could change.
  public enum Field {
    ID(Kind.TEXT, Need.REQUIRED),
    NAME(Kind.TEXT, Need.REQUIRED),
    TENANT_ID(Kind.TEXT, Need.REQUIRED),
    TENANT_QUEUE(Kind.TEXT, Need.REQUIRED),
    STATUS(JobStatus.class, Need.REQUIRED),
    LAST_STATUS_MESSAGE(Kind.TEXT, Need.REQUIRED),
    ACCEPTED(Kind.TIME, Need.REQUIRED),
    CREATED(Kind.TIME),
    ENDED(Kind.TIME),
    LAST_UPDATED(Kind.TIME, Need.REQUIRED),
    OWNER(Kind.TEXT, Need.REQUIRED),
    ROLES(Kind.TEXT, ""),
    SYSTEM_ID(Kind.TEXT, Need.REQUIRED),
    APP_ID(Kind.TEXT, Need.REQUIRED),
    APP_UUID(Kind.TEXT, Need.REQUIRED),
    WORK_PATH(Kind.TEXT),
    ARCHIVE(Kind.FLAG, false),
    ARCHIVE_ON_APP_ERROR(Kind.FLAG, false),
    ARCHIVE_PATH(Kind.TEXT),
    ARCHIVE_SYSTEM(Kind.TEXT),
    NODE_COUNT(Kind.COUNT, 1),
    PROCESSORS_PER_NODE(Kind.COUNT, 1),
    MEMORY_PER_NODE(Kind.DECIMAL, 0.0),
    MAX_HOURS(Kind.DECIMAL, 0.0),
    INPUTS(Kind.INPUTS, Map.of()),
    PARAMETERS(Kind.PARAMETERS, Map.of()),
    REMOTE_JOB_ID(Kind.TEXT),
    SCHEDULER_JOB_ID(Kind.TEXT),
    REMOTE_QUEUE(Kind.TEXT),
    REMOTE_REASON(Kind.TEXT, ""),
    REMOTE_SUBMITTED(Kind.TIME),
    REMOTE_STARTED(Kind.TIME),
    REMOTE_ENDED(Kind.TIME),
    REMOTE_OUTCOME(RemoteOutcome.class),
    SUBMIT_RETRIES(Kind.COUNT, 0),
    REMOTE_STATUS_CHECKS(Kind.COUNT, 0),
    FAILED_STATUS_CHECKS(Kind.COUNT, 0),
    LAST_STATUS_CHECK(Kind.TIME),
    BLOCKED_COUNT(Kind.COUNT, 0),
    VISIBLE(Kind.FLAG, true),
    CONDITION_CODE(ConditionCode.class),
    BLOCKED_ON(Kind.TEXT),
    NEXT_ATTEMPT(Kind.TIME);

    /** All fields, in the order in which documents have them. */
    public static final List<Field> ALL = List.of(values());

    private final Kind kind;
    private final Class<?> type;
    private final boolean required;
    private final @Nullable Object otherwise;
    private final String documentName;

    Field(Kind kind) {
      this(kind, kind.type, null);
    }

    Field(Kind kind, Object otherwise) {
      this(kind, kind.type, otherwise);
    }

    Field(Class<? extends Enum<?>> word) {
      this(Kind.WORD, word, null);
    }

    Field(Class<? extends Enum<?>> word, Need need) {
      this(Kind.WORD, word, need);
    }

    Field(Kind kind, Class<?> type, @Nullable Object otherwise) {
      this.kind = kind;
      this.type = type;
      this.required = otherwise == Need.REQUIRED;
      this.otherwise = required ? null : otherwise;
      String words = name().toLowerCase(Locale.ROOT);
      this.documentName =
          Pattern.compile("_(.)")
              .matcher(words)
              .replaceAll(w -> w.group(1).toUpperCase(Locale.ROOT));
    }

    /** Its name in documents: that of the method of {@link Job} that gives its value. */
    public String documentName() {
      return documentName;
    }

    /** What values it has. */
    public Kind kind() {
      return kind;
    }

    /** The class of its values; that of the enum of a {@linkplain Kind#WORD word}. */
    public Class<?> type() {
      return type;
    }

    /** Whether a job can only be built with a value of it. */
    public boolean isRequired() {
      return required;
    }

    /**
     * Whether it is this library's and not Aloe's; documents leave it out where it says nothing.
     */
    public boolean isOwn() {
      return this == REMOTE_REASON || this == BLOCKED_ON || this == NEXT_ATTEMPT;
    }

    /** What a job has that is built without it; {@code null} if it has none then. */
    public @Nullable Object otherwise() {
      return otherwise;
    }
  }

  /**
   * Kinds of values that fields have: a text is a {@link String}, a word a constant of an enum, a
   * time an {@link Instant}, a count an {@link Integer}, a decimal a {@link Double}, a flag a
   * {@link Boolean}; inputs are a map from keys to lists of strings, and parameters one to strings,
   * numbers, booleans or lists of them.
   */
  public enum Kind {
    TEXT(String.class),
    WORD(Enum.class),
    TIME(Instant.class),
    COUNT(Integer.class),
    DECIMAL(Double.class),
    FLAG(Boolean.class),
    INPUTS(Map.class),
    PARAMETERS(Map.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }
  }

  private enum Need {
    REQUIRED
  }

  /** Builds jobs. Not safe for use by several threads. */
  public static final class Builder {
    private final EnumMap<Field, Object> values;

    private Builder(EnumMap<Field, Object> values) {
      this.values = values;
    }

    /**
     * Gives a field a value.
     *
     * @param value {@code null} for none
     * @throws IllegalArgumentException if it is not of the field's type, naming the field
     */
    public Builder set(Field field, @Nullable Object value) {
      if (value != null && !field.type.isInstance(value)) {
        throw new IllegalArgumentException(
            "%s is of %s; it must be of %s."
                .formatted(
                    field.documentName(),
                    value.getClass().getSimpleName(),
                    field.type.getSimpleName()));
      }
      if (value == null) {
        values.remove(field);
      } else {
        values.put(field, unmodifiable(field, value));
      }
      return this;
    }

    @SuppressWarnings("unchecked") // Who gives maps of anything else cannot read them either.
    private static Object unmodifiable(Field field, Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        return value;
      }
      return field == Field.INPUTS
          ? OrderedCopy.ofInputs((Map<String, List<String>>) map)
          : OrderedCopy.ofParameters((Map<String, Object>) map);
    }

    /**
     * A job with these values.
     *
     * @throws IllegalArgumentException if there is none for a field that every job has, naming it
     */
    public Job build() {
      EnumMap<Field, Object> all = new EnumMap<>(values);
      for (Field field : Field.ALL) {
        if (field.required && !all.containsKey(field)) {
          throw new IllegalArgumentException(
              "A job has no " + field.documentName + "; every job must have one.");
        }
        if (field.otherwise != null) {
          all.putIfAbsent(field, field.otherwise);
        }
      }
      return new Job(all);
    }
  }
}
