package io.jobs4j.testsupport;

import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Which tests may run beside each other, as {@link RequiresServices} says. */
final class ServiceLocks implements ResourceLocksProvider {
  @Override
  public Set<Lock> provideForClass(Class<?> testClass) {
    return AnnotationSupport.findAnnotation(testClass, RequiresServices.class)
        .map(ServiceLocks::of)
        .orElseGet(Set::of);
  }

  @Override
  public Set<Lock> provideForMethod(
      List<Class<?>> enclosing, Class<?> testClass, Method testMethod) {
    return AnnotationSupport.findAnnotation(testMethod, RequiresServices.class)
        .map(ServiceLocks::of)
        .orElseGet(Set::of);
  }

  private static Set<Lock> of(RequiresServices required) {
    ResourceAccessMode mode =
        required.shared() ? ResourceAccessMode.READ : ResourceAccessMode.READ_WRITE;
    return EnumSet.copyOf(List.of(required.value())).stream()
        .map(service -> new Lock(service.word(), mode))
        .collect(Collectors.toSet());
  }
}
