package io.jobs4j.testsupport;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A test, or a class of them, that needs servers of {@code dev/services}. Those that do not run are
 * started, and stopped again when all tests of the JVM are over.
 *
 * <p>If one cannot be had, because the user is not root or the system is no Debian, the test is
 * skipped with the reason; with {@code CI=true} in the environment it fails.
 *
 * <p>Where JUnit may run tests at once, it runs these beside all others but those that need one of
 * their servers, as tests may do anything to a server.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(ServicesCondition.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(providers = ServiceLocks.class)
public @interface RequiresServices {
  /** Which. */
  Service[] value();

  /**
   * Whether the tests leave the servers as they are, and need not have them for themselves. Then
   * those of the class may run at once, too, and beside other such tests.
   */
  boolean shared() default false;
}
