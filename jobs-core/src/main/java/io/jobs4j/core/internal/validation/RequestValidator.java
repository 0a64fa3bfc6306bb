package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.request.RequestProblems;
import io.jobs4j.core.internal.request.RequestReader;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.Catalog;
import java.util.Objects;
import java.util.Optional;

/**
 * Checks requests against the applications and systems of a catalog and fills in defaults (Aloe,
 * "Submission Request Parameters" and "Submission Request Gotchas"). Where Aloe has a message text
 * it is used, with the uuid of the job for the job. Safe for use by several threads if the catalog
 * is.
 *
 * <p>{@code processorsOnEachNode} of an application that is not {@code PARALLEL} is taken as given:
 * the document says that it <em>should</em> be 1, and threaded applications have good use for more.
 */
public final class RequestValidator {
  private final Catalog catalog;
  private final ValidationOptions options;

  /**
   * A validator.
   *
   * @param catalog where applications and systems are
   * @param options what the operator chose
   */
  public RequestValidator(Catalog catalog, ValidationOptions options) {
    this.catalog = catalog;
    this.options = options;
  }

  /**
   * Checks a request. If it archives and names no {@code archivePath}, it gets the default path.
   *
   * @param caller whose request it is
   * @param jobUuid the job that it is to become
   * @param request what the caller said
   * @throws InvalidRequestException with all problems of the request
   */
  public ValidatedRequest validate(Caller caller, String jobUuid, JobRequest request) {
    return check(caller, jobUuid, request, new RequestProblems());
  }

  /**
   * Reads and checks a request.
   *
   * @param caller whose request it is
   * @param jobUuid the job that it is to become
   * @param json what the caller said
   * @throws InvalidRequestException with all problems of the request, of form and of content
   */
  public ValidatedRequest validate(Caller caller, String jobUuid, String json) {
    RequestProblems problems = new RequestProblems();
    JobRequest request = RequestReader.read(json, problems);
    if (request == null) {
      problems.throwIfAny();
    }
    return check(caller, jobUuid, Objects.requireNonNull(request), problems);
  }

  /**
   * Where a job's inputs come from and its output goes to if nobody says: the tenant's default
   * storage system, or the storage of the execution system if there is none that is available.
   */
  public static Optional<StorageSystem> defaultStorage(
      Catalog catalog, String tenantId, String executionSystemId) {
    return catalog
        .defaultStorageSystem(tenantId)
        .filter(StorageSystem::available)
        .or(() -> catalog.storageSystem(tenantId, executionSystemId));
  }

  private ValidatedRequest check(
      Caller caller, String jobUuid, JobRequest request, RequestProblems problems) {
    return new RequestCheck(catalog, options, caller, jobUuid, request, problems).run();
  }
}
