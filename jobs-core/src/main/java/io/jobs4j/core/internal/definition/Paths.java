package io.jobs4j.core.internal.definition;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Paths as people write them. Stateless. */
public final class Paths {
  private static final Pattern FOR_A_SHELL = Pattern.compile("^[/.]*~|\\$[A-Za-z_{(]");
  private static final Pattern WAY_OUT = Pattern.compile("(^|/)\\.\\.(/|\\z)|\0");

  private static final int LONGEST = 255;
  private static final int LONGEST_ROOT = 4096;

  private Paths() {}

  /**
   * Whether whoever wrote a path expects a shell to read it: it begins with {@code ~}, or has the
   * name of a variable or a command in it ({@code $NAME}, {@code ${NAME}}, {@code $(...)}). A
   * storage takes all of these as they stand.
   */
  public static boolean needsShell(String path) {
    return FOR_A_SHELL.matcher(path).find();
  }

  /** Whether a path stays inside its storage: it has no {@code ..} segment and no NUL. */
  public static boolean staysInside(String path) {
    return !WAY_OUT.matcher(path).find();
  }

  /** What a path inside a storage that is missing must be, as the end of a sentence. */
  public static String expectedThere() {
    return "must be a path inside its storage of 1 to %s characters".formatted(LONGEST);
  }

  /**
   * What the directory of a storage would have to be instead, as the end of a sentence.
   *
   * @return {@code null} if it is right
   */
  public static @Nullable String expectedRoot(String path) {
    String expected =
        path.isEmpty() ? Texts.expectedThere(LONGEST_ROOT) : Texts.expectedLine(path, LONGEST_ROOT);
    if (expected != null) {
      return expected;
    }
    return needsShell(path)
        ? "must be the path itself, since no shell expands \"~\" or variables in it, such as"
            + " \"/home/alice\""
        : null;
  }

  /**
   * What a path inside a storage would have to be instead, as the end of a sentence.
   *
   * @return {@code null} if it is right
   */
  public static @Nullable String expectedInside(String path) {
    String expected = Texts.expectedText(path, LONGEST);
    if (expected != null) {
      return expected;
    }
    if (!staysInside(path)) {
      return "must be a path inside its storage, without \"..\" segments and NUL";
    }
    return needsShell(path)
        ? "must be the path itself, since no shell expands \"~\" or variables in it: an absolute"
            + " path, or one that is relative to the storage's homeDir, such as \"scratch\""
        : null;
  }
}
