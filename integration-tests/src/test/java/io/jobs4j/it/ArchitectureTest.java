package io.jobs4j.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.jobs4j.testkit.FaultyDataSource;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between modules, and what the code must not touch. */
class ArchitectureTest {
  private static JavaClasses code;

  @BeforeAll
  static void read() {
    code =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.jobs4j");
  }

  @Test
  void coreDependsOnNothingOfOurs() {
    classes()
        .that()
        .resideInAPackage("io.jobs4j.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.jobs4j.core..",
            "java..",
            "com.fasterxml.jackson..",
            "org.slf4j..",
            "org.jspecify..")
        .check(code);
  }

  @Test
  void adaptersSeeOnlyCore() {
    noClasses()
        .that()
        .resideInAPackage("io.jobs4j.adapters..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.jobs4j.sdk..", "io.jobs4j.testkit..")
        .check(code);
  }

  @Test
  void theSdkSeesNoAdapterAndNoTestkit() {
    noClasses()
        .that()
        .resideInAPackage("io.jobs4j.sdk..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.jobs4j.adapters..", "io.jobs4j.testkit..")
        .check(code);
  }

  @Test
  void internalsStayInTheirModule() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jobs4j.sdk..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jobs4j.sdk.internal..")
        .check(code);
  }

  @Test
  void modelAndLifecycleKnowOfNothingElse() {
    noClasses()
        .that()
        .resideInAnyPackage("io.jobs4j.core.model..", "io.jobs4j.core.lifecycle..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.jobs4j.core.spi..",
            "io.jobs4j.core.request..",
            "io.jobs4j.core.wire..",
            "io.jobs4j.core.catalog..",
            "io.jobs4j.core.local..")
        .check(code);
  }

  @Test
  void phasesNeverTouchTheDatabase() {
    noClasses()
        .that()
        .resideInAPackage("io.jobs4j.sdk.internal.phase..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jdbi..", "java.sql..", "javax.sql..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("JobStore")
        .check(code);
  }

  @Test
  void allSqlIsInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.jobs4j.sdk.internal.store..", "io.jobs4j.testsupport..")
        .and()
        .doNotBelongToAnyOf(FaultyDataSource.class)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.jdbi..", "java.sql..", "com.zaxxer..", "org.h2..", "org.postgresql..")
        .check(code);
  }

  @Test
  void whoDoesNotWantMicrometerNeedNotHaveIt() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jobs4j.sdk.micrometer..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.jobs4j.sdk.micrometer..")
        .check(code);
  }

  @Test
  void jacksonDoesNotShow() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.jobs4j.core.request..", "io.jobs4j.core.wire..", "io.jobs4j.core.catalog..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(code);
  }

  @Test
  void timeComesFromAClock() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .check(code);
  }
}
