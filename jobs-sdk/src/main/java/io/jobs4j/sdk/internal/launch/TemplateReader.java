package io.jobs4j.sdk.internal.launch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a shell template once from left to right, keeps track of how the shell would read each
 * place, and puts references in the place of {@code ${key}}. Should it take a place for another
 * than it is, a value may be split into words there, but it is a variable's value all the same and
 * never code.
 */
final class TemplateReader {
  private static final Pattern KEY = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_.:-]*)\\}");
  private static final Pattern HERE_DOCUMENT =
      Pattern.compile("<<(-?)[ \\t]*(?:'([^'\\n]+)'|\"([^\"\\n]+)\"|\\\\?([A-Za-z0-9_.-]+))");

  /** How the shell reads a place. */
  enum Quoting {
    /** A command or a word without quotes. */
    NONE {
      @Override
      String reference(String variable) {
        return "\"${" + variable + "}\"";
      }
    },
    DOUBLE {
      @Override
      String reference(String variable) {
        return "${" + variable + "}";
      }
    },
    SINGLE {
      @Override
      String reference(String variable) {
        return "'\"${" + variable + "}\"'";
      }
    };

    /** The text that stands for the value of a variable in this place. */
    abstract String reference(String variable);
  }

  /** Says what takes the place of a key. */
  interface References {
    /** The text, or {@code null} to leave the place as it is. */
    @Nullable String of(String key, Quoting quoting);
  }

  private final String template;
  private final References references;
  private final StringBuilder out = new StringBuilder();

  /** Innermost first; the bottom is never taken away. */
  private final Deque<Quoting> quoting = new ArrayDeque<>();

  /** How many parentheses are open in each {@code $(} that is open. */
  private final Deque<Integer> parentheses = new ArrayDeque<>();

  private final Deque<HereDocument> hereDocuments = new ArrayDeque<>();
  private int at;

  TemplateReader(String template, References references) {
    this.template = template;
    this.references = references;
    quoting.push(Quoting.NONE);
  }

  String read() {
    while (at < template.length()) {
      char c = template.charAt(at);
      if (c == '$' && replacedKey()) {
        continue;
      }
      switch (quoting.element()) {
        case NONE -> unquoted(c);
        case DOUBLE -> doubleQuoted(c);
        case SINGLE -> {
          if (c == '\'') {
            quoting.pop();
          }
          copy(1);
        }
      }
    }
    return out.toString();
  }

  private void unquoted(char c) {
    if (c == '\\') {
      copy(2);
    } else if (c == '#' && startsWord()) {
      copyToEndOfLine();
    } else if (c == '\n' && !hereDocuments.isEmpty()) {
      copy(1);
      readHereDocuments();
    } else if (c == '<' && noteHereDocument()) {
      return;
    } else {
      switch (c) {
        case '\'' -> quoting.push(Quoting.SINGLE);
        case '"' -> quoting.push(Quoting.DOUBLE);
        case '(' -> changeDepth(1);
        case ')' -> closeParenthesis();
        default -> {}
      }
      copy(1);
    }
  }

  private void doubleQuoted(char c) {
    if (c == '\\') {
      copy(2);
    } else if (c == '$' && template.startsWith("$(", at)) {
      quoting.push(Quoting.NONE);
      parentheses.push(1);
      copy(2);
    } else {
      if (c == '"') {
        quoting.pop();
      }
      copy(1);
    }
  }

  private void changeDepth(int by) {
    if (!parentheses.isEmpty()) {
      parentheses.push(parentheses.pop() + by);
    }
  }

  private void closeParenthesis() {
    changeDepth(-1);
    if (!parentheses.isEmpty() && parentheses.element() == 0) {
      parentheses.pop();
      quoting.pop();
    }
  }

  private boolean startsWord() {
    return at == 0 || " \t\n;&|()".indexOf(template.charAt(at - 1)) >= 0;
  }

  private boolean noteHereDocument() {
    Matcher matcher = HERE_DOCUMENT.matcher(template).region(at, template.length());
    if (template.startsWith("<<<", at) || !matcher.lookingAt()) {
      return false;
    }
    boolean literal = matcher.group(4) == null || matcher.group().contains("\\");
    String end =
        matcher.group(2) != null
            ? matcher.group(2)
            : matcher.group(3) != null ? matcher.group(3) : matcher.group(4);
    hereDocuments.add(new HereDocument(end, literal, !matcher.group(1).isEmpty()));
    copy(matcher.end() - at);
    return true;
  }

  private void readHereDocuments() {
    while (!hereDocuments.isEmpty()) {
      HereDocument document = hereDocuments.remove();
      boolean more = true;
      while (more && at < template.length()) {
        int end = template.indexOf('\n', at);
        int next = end < 0 ? template.length() : end + 1;
        String line = template.substring(at, end < 0 ? next : end);
        more = !(document.indented() ? line.replaceFirst("^\t+", "") : line).equals(document.end());
        if (document.literal()) {
          copy(next - at);
        } else {
          quoting.push(Quoting.DOUBLE);
          while (at < next) {
            if (template.charAt(at) == '\\') {
              copy(2);
            } else if (template.charAt(at) != '$' || !replacedKey()) {
              copy(1);
            }
          }
          quoting.pop();
        }
      }
    }
  }

  private boolean replacedKey() {
    Matcher matcher = KEY.matcher(template).region(at, template.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    String text = references.of(matcher.group(1), quoting.element());
    if (text == null) {
      return false;
    }
    out.append(text);
    at = matcher.end();
    return true;
  }

  private void copyToEndOfLine() {
    int end = template.indexOf('\n', at);
    copy((end < 0 ? template.length() : end) - at);
  }

  private void copy(int characters) {
    int end = Math.min(at + characters, template.length());
    out.append(template, at, end);
    at = end;
  }

  /**
   * A here-document whose body begins with the next line.
   *
   * @param end the line that ends it
   * @param literal whether its body is taken as it is, which leaves no way to put a value there
   * @param indented whether tabs before the last line do not count
   */
  private record HereDocument(String end, boolean literal, boolean indented) {}
}
