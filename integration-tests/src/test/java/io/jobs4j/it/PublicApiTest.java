package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users and adapters can name of each module is what its file in {@code api} says, so that
 * nobody changes it without seeing that. {@code -Djobs4j.api.update=true} writes the files anew.
 */
class PublicApiTest {
  private static final Path FILES = Path.of("..", "api");
  private static final Pattern PACKAGES = Pattern.compile("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])");
  private static final List<JavaClass> CLASSES = published();

  private static List<JavaClass> published() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.jobs4j")
            .stream()
            .filter(type -> !type.getPackageName().contains(".internal"))
            .sorted(Comparator.comparing(JavaClass::getName))
            .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs-core",
        "jobs-sdk",
        "jobs-adapters-fork",
        "jobs-adapters-slurm",
        "jobs-adapters-ssh",
        "jobs-testkit"
      })
  void isAsItsFileSays(String module) throws IOException {
    List<String> api =
        CLASSES.stream()
            .filter(type -> isOf(type, module))
            .map(JavaClass::reflect)
            .filter(PublicApiTest::canBeNamed)
            .flatMap(type -> Stream.concat(Stream.of(header(type)), members(type)))
            .toList();
    Path file = FILES.resolve(module + ".txt");
    if (Boolean.getBoolean("jobs4j.api.update")) {
      Files.createDirectories(FILES);
      Files.write(file, api);
    }
    assertThat(api)
        .as(
            "the public API of %s, which %s has; if the change is meant, run this test with"
                + " -Djobs4j.api.update=true and commit the file",
            module, file)
        .isNotEmpty()
        .containsExactlyElementsOf(Files.readAllLines(file));
  }

  private static boolean isOf(JavaClass type, String module) {
    String source = type.getSource().orElseThrow().getUri().toString();
    return source.contains("/" + module + "/target/classes/")
        || source.matches(".*/" + module + "-[^/]*\\.jar!.*");
  }

  private static boolean canBeNamed(Class<?> type) {
    return isSeen(type.getModifiers())
        && !type.isAnonymousClass()
        && (type.getEnclosingClass() == null || canBeNamed(type.getEnclosingClass()));
  }

  /** Public or protected. */
  private static boolean isSeen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String header(Class<?> type) {
    List<Type> parents = new ArrayList<>();
    if (!type.isEnum() && !type.isRecord() && type.getGenericSuperclass() != null) {
      parents.add(type.getGenericSuperclass());
    }
    parents.addAll(List.of(type.getGenericInterfaces()));
    parents.remove(Object.class);
    String components =
        type.isRecord()
            ? Stream.of(type.getRecordComponents())
                .map(RecordComponent::getGenericType)
                .map(Type::getTypeName)
                .collect(Collectors.joining(", ", "(", ")"))
            : "";
    String shown =
        parents.stream().map(Type::getTypeName).sorted().collect(Collectors.joining(", "));
    return type.toGenericString() + components + (shown.isEmpty() ? "" : " : " + shown);
  }

  private static Stream<String> members(Class<?> type) {
    Stream<String> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(PublicApiTest::isSeen)
            .map(Field::toGenericString);
    Stream<String> constructors =
        Arrays.stream(type.getDeclaredConstructors())
            .filter(PublicApiTest::isSeen)
            .map(Constructor::toGenericString);
    Stream<String> methods =
        Arrays.stream(type.getDeclaredMethods())
            .filter(PublicApiTest::isSeen)
            .map(Method::toGenericString);
    return Stream.of(fields, constructors, methods)
        .flatMap(all -> all.sorted())
        .map(member -> "  " + PACKAGES.matcher(member).replaceAll(""));
  }

  private static boolean isSeen(Member member) {
    return isSeen(member.getModifiers()) && !member.isSynthetic();
  }
}
