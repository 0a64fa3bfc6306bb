package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Texts;
import org.jspecify.annotations.Nullable;

/**
 * A system that holds files.
 *
 * @param id unique in its tenant, at most 64 characters
 * @param tenantId the only tenant that sees it; {@code null} for all
 * @param available whether it may be used at present
 * @param isDefault whether it is used where none is named
 * @param storage how its files are reached
 */
public record StorageSystem(
    String id,
    @Nullable String tenantId,
    boolean available,
    boolean isDefault,
    StorageAccess storage) {

  /** A builder of a storage system that every tenant sees. */
  public static Builder builder(String id, StorageAccess storage) {
    return new Builder(id, storage);
  }

  /** Builds storage systems. Not safe for use by several threads. */
  public static final class Builder {
    private final String id;
    private final StorageAccess storage;
    private @Nullable String tenantId;
    private boolean available = true;
    private boolean isDefault;

    private Builder(String id, StorageAccess storage) {
      this.id = id;
      this.storage = storage;
    }

    public Builder tenantId(@Nullable String value) {
      this.tenantId = value;
      return this;
    }

    public Builder available(boolean value) {
      this.available = value;
      return this;
    }

    public Builder isDefault(boolean value) {
      this.isDefault = value;
      return this;
    }

    /**
     * Returns the storage system.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public StorageSystem build() {
      return build(DefinitionCheck.refusing("system " + id));
    }

    /** Returns the storage system, right or wrong, and tells all that is wrong with it. */
    public StorageSystem build(FieldProblems problems) {
      DefinitionCheck check = new DefinitionCheck(problems);
      check.requiredLine("id", id, Texts.LONGEST_ID);
      check.line("tenantId", tenantId, Texts.LONGEST_TENANT_ID);
      return new StorageSystem(id, tenantId, available, isDefault, storage);
    }
  }
}
