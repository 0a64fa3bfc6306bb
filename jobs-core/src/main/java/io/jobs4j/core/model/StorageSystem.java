package io.jobs4j.core.model;

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
    StorageAccess storage) {}
