package io.jobs4j.testsupport;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts what {@link RequiresServices} names. */
final class ServicesCondition implements ExecutionCondition {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ServicesCondition.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), RequiresServices.class)
        .map(required -> evaluate(required.value(), context))
        .orElseGet(() -> ConditionEvaluationResult.enabled("no services are required"));
  }

  private static ConditionEvaluationResult evaluate(Service[] services, ExtensionContext context) {
    try {
      for (Service service : services) {
        var unused =
            context
                .getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(service, Started::of, Started.class);
      }
      return ConditionEvaluationResult.enabled("all services run");
    } catch (IllegalStateException e) {
      return missing(e, Boolean.parseBoolean(System.getenv("CI")));
    }
  }

  /** The one rule of what follows from a service that cannot be had. */
  static ConditionEvaluationResult missing(IllegalStateException why, boolean inCi) {
    if (inCi) {
      throw why;
    }
    return ConditionEvaluationResult.disabled(why.getMessage());
  }

  /** A service that runs for the tests of this JVM. */
  private static final class Started implements AutoCloseable {
    private final Service service;
    private final boolean byUs;

    private Started(Service service, boolean byUs) {
      this.service = service;
      this.byUs = byUs;
    }

    static Started of(Service service) {
      DevServices services = DevServices.find();
      boolean ran = services.isRunning(service);
      if (!ran) {
        services.start(service);
      }
      return new Started(service, !ran);
    }

    @Override
    public void close() {
      if (byUs) {
        DevServices.find().stop(service);
      }
    }
  }
}
