package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobListener;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the builder of an engine was told; see there. */
public record EngineSettings(
    Catalog catalog,
    List<TenantQueue> queues,
    Clock clock,
    ValidationOptions validation,
    WorkDirectoryPolicy workDirectories,
    ArchiveComparison archiveComparison,
    int workers,
    StoreSettings store,
    RecoveryPolicies recovery,
    @Nullable Duration retention,
    Predicate<Caller> administrators,
    List<FileStorageProvider> storages,
    List<CommandRunnerProvider> runners,
    List<RemoteSchedulerProvider> schedulers,
    List<JobListener> listeners,
    EngineMetrics metrics) {}
