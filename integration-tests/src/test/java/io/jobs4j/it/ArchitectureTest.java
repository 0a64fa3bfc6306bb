package io.jobs4j.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.TokenStreamFactory;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.jobs4j.testkit.FaultyDataSource;
import java.io.File;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.Locale;
import java.util.Scanner;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
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

  /** What adapters and users need of the core is public because they are meant to have it. */
  @Test
  void onlyTheSdkSeesTheInternalsOfTheCore() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.jobs4j.core..", "io.jobs4j.sdk..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jobs4j.core.internal..")
        .check(code);
    noClasses()
        .that()
        .resideInAnyPackage("io.jobs4j.core..", "io.jobs4j.sdk..")
        .and()
        .resideOutsideOfPackages("io.jobs4j.core.internal..", "io.jobs4j.sdk.internal..")
        .and()
        .arePublic()
        .should(haveMembersThatUsersSee("io.jobs4j.core.internal."))
        .check(code);
  }

  /** A third scheduler could take it as it is. */
  @Test
  void whatAnyBatchSystemNeedsKnowsNothingOfSlurm() {
    noClasses()
        .that()
        .resideInAPackage("io.jobs4j.adapters.slurm.internal..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jobs4j.adapters.slurm")
        .check(code);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jobs4j.adapters.slurm..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jobs4j.adapters.slurm.internal..")
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
            "io.jobs4j.core.storage..",
            "io.jobs4j.core.local..",
            "io.jobs4j.core.internal.request..",
            "io.jobs4j.core.internal.validation..",
            "io.jobs4j.core.internal.selector..",
            "io.jobs4j.core.internal.template..",
            "io.jobs4j.core.internal.manifest..")
        .check(code);
  }

  /** Everybody else knows storages by their interface. */
  @Test
  void whatStoragesHaveInCommonIsForThoseWhoImplementThem() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.jobs4j.core.storage..", "io.jobs4j.core.local..", "io.jobs4j.adapters..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.jobs4j.core.storage..")
        .check(code);
  }

  /** Each knows those below it alone. */
  @Test
  void roomsOfTheSdkAreInLayers() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.jobs4j.sdk.internal..")
        .layer("engine")
        .definedBy("io.jobs4j.sdk.internal.engine..")
        .layer("phase")
        .definedBy("io.jobs4j.sdk.internal.phase..")
        .layer("transfer and launch")
        .definedBy("io.jobs4j.sdk.internal.transfer..", "io.jobs4j.sdk.internal.launch..")
        .layer("store")
        .definedBy("io.jobs4j.sdk.internal.store..")
        .layer("cluster")
        .definedBy("io.jobs4j.sdk.internal.cluster..")
        .layer("sql")
        .definedBy("io.jobs4j.sdk.internal.sql..")
        .layer("job")
        .definedBy("io.jobs4j.sdk.internal.job..")
        .whereLayer("engine")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("phase")
        .mayOnlyBeAccessedByLayers("engine")
        .whereLayer("transfer and launch")
        .mayOnlyBeAccessedByLayers("engine", "phase")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("engine")
        .whereLayer("cluster")
        .mayOnlyBeAccessedByLayers("engine", "store")
        .whereLayer("sql")
        .mayOnlyBeAccessedByLayers("engine", "store", "cluster")
        .whereLayer("job")
        .mayOnlyBeAccessedByLayers("engine", "phase", "store")
        .check(code);
  }

  @Test
  void noTwoRoomsKnowEachOther() {
    slices().matching("io.jobs4j.sdk.internal.(*)..").should().beFreeOfCycles().check(code);
    slices().matching("io.jobs4j.core.(**)").should().beFreeOfCycles().check(code);
  }

  @Test
  void sqlIsInItsRoomsAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.jobs4j.sdk.internal.sql..",
            "io.jobs4j.sdk.internal.cluster..",
            "io.jobs4j.sdk.internal.store..",
            "io.jobs4j.testsupport..")
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

  /** Only the readers and writers of JSON know what a library reads and writes it. */
  @Test
  void jacksonDoesNotShow() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.jobs4j.core.internal.json..",
            "io.jobs4j.core.internal.manifest..",
            "io.jobs4j.core.internal.request..",
            "io.jobs4j.core.wire..",
            "io.jobs4j.core.catalog..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(code);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jobs4j.core.internal.json..")
        .and()
        .arePublic()
        .should(haveMembersThatUsersSee("com.fasterxml.jackson."))
        .check(code);
  }

  /** How JSON is read and written is said once. Others have trees, and a parser at most. */
  @Test
  void thereIsOneMapper() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jobs4j.core.internal.json..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectCodec.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(TokenStreamFactory.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(MapperBuilder.class)
        .check(code);
  }

  /** Public and protected fields and methods with this in their signature. */
  private static ArchCondition<JavaClass> haveMembersThatUsersSee(String inTheirSignature) {
    return new ArchCondition<>("have members that users see with " + inTheirSignature) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaMember member : type.getMembers()) {
          boolean seen =
              member.getModifiers().contains(JavaModifier.PUBLIC)
                  || member.getModifiers().contains(JavaModifier.PROTECTED);
          boolean shows =
              member instanceof JavaField field
                  ? field.getRawType().getName().startsWith(inTheirSignature)
                  : member.getFullName().contains(inTheirSignature)
                      || (member instanceof JavaMethod method
                          && method.getRawReturnType().getName().startsWith(inTheirSignature));
          events.add(new SimpleConditionEvent(type, seen && shows, member.getDescription()));
        }
      }
    };
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
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .orShould()
        .callMethod(TimeUnit.class, "sleep", long.class)
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .check(code);
  }

  /**
   * Examples write to a terminal for whoever starts them. {@link FormatsTest} looks at {@code
   * String.formatted}, which takes no locale.
   */
  @Test
  void nothingDependsOnTheLocaleCharsetOrZoneOfTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jobs4j.examples..")
        .should()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "printf", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "format", String.class, Object[].class)
        .orShould()
        .callConstructor(Formatter.class)
        .orShould()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .orShould()
        .callMethod(Locale.class, "getDefault")
        .orShould()
        .callMethod(String.class, "getBytes")
        .orShould()
        .callConstructor(String.class, byte[].class)
        .orShould()
        .callConstructor(InputStreamReader.class, InputStream.class)
        .orShould()
        .callConstructor(OutputStreamWriter.class, OutputStream.class)
        .orShould()
        .callConstructor(FileReader.class, File.class)
        .orShould()
        .callConstructor(FileReader.class, String.class)
        .orShould()
        .callConstructor(FileWriter.class, File.class)
        .orShould()
        .callConstructor(FileWriter.class, String.class)
        .orShould()
        .callConstructor(Scanner.class, InputStream.class)
        .orShould()
        .callMethod(Charset.class, "defaultCharset")
        .orShould()
        .callMethod(ZoneId.class, "systemDefault")
        .orShould()
        .callMethod(DateTimeFormatter.class, "ofPattern", String.class)
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(TimeZone.class, "getDefault")
        .check(code);
  }
}
