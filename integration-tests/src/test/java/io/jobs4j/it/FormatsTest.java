package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * What {@code String.formatted} makes is the same in every locale.
 *
 * <p>It takes the locale of the process: {@code %d} writes Arabic digits in Egypt, and {@code %S}
 * capitals as in Turkey. {@code %s} writes a number as Java does. Where another conversion is
 * needed, {@code String.format(Locale.ROOT, ...)} takes its place.
 */
class FormatsTest {
  private static final Pattern BY_LOCALE =
      Pattern.compile("%(\\d+\\$)?[-#+ 0,(<]*\\d*(\\.\\d+)?[deEfgGaAtTSBHXC]");

  @Test
  void formattedHasNoConversionThatDependsOnTheLocale() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> sources = sources();
    assertThat(sources).hasSizeGreaterThan(150);
    for (CompilationUnitTree unit : parsed(sources)) {
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
          if (call.getMethodSelect() instanceof MemberSelectTree select
              && select.getIdentifier().contentEquals("formatted")) {
            literals(select)
                .filter(FormatsTest::dependsOnLocale)
                .forEach(text -> found.add(unit.getSourceFile().getName() + ": " + text));
          }
          return super.visitMethodInvocation(call, null);
        }
      }.scan(unit, null);
    }
    assertThat(found).isEmpty();
  }

  @Test
  void numbersAndCapitalsAreWhatDependsOnTheLocale() {
    Locale egypt = Locale.forLanguageTag("ar-EG");
    assertThat(String.format(egypt, "%s %x %03o %c", 7, 0x1f, 7, 'i')).isEqualTo("7 1f 007 i");
    assertThat(dependsOnLocale("%s %x %03o %c %n %% %1$s")).isFalse();
    assertThat(String.format(egypt, "%d", 7)).isEqualTo("\u0667");
    assertThat(List.of("%d", "%02d", "a %2$d", "%,d", "%.2f", "%S", "%tF"))
        .allMatch(FormatsTest::dependsOnLocale);
  }

  private static boolean dependsOnLocale(String format) {
    return BY_LOCALE.matcher(format.replace("%%", "")).find();
  }

  /** The texts that the format is put together from. */
  private static Stream<String> literals(MemberSelectTree formatted) {
    List<String> texts = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitLiteral(LiteralTree literal, Void nothing) {
        texts.add(String.valueOf(literal.getValue()));
        return null;
      }
    }.scan(formatted.getExpression(), null);
    return texts.stream();
  }

  /** The main code of all modules. */
  private static List<Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(Path.of("..").toAbsolutePath().normalize())) {
      List<Path> sources = new ArrayList<>();
      for (Path code :
          modules.map(m -> m.resolve("src/main/java")).filter(Files::isDirectory).toList()) {
        if (!code.toString().contains("benchmarks")) {
          try (Stream<Path> files = Files.walk(code)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
          }
        }
      }
      return sources;
    }
  }

  private static Iterable<? extends CompilationUnitTree> parsed(List<Path> sources)
      throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      return task.parse();
    }
  }
}
