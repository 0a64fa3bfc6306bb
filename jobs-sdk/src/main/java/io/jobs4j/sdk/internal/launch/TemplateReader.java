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
  private static final Pattern KEY = Pattern.compile("\\$\\{([A-Za-z0-9_.:-]+)\\}");
  private static final Pattern HERE_DOCUMENT =
      Pattern.compile(
          "<<(-?)[ \\t]*((?:'[^'\\n]*'|\"[^\"\\n]*\"|\\\\[^\\n]|[^\\s;&|<>()'\"\\\\`])+)");
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*\\+?=");
  private static final Pattern BEFORE_COMMAND =
      Pattern.compile("(?:^|[(;&|\\n`{!]|\\b(?:do|then|else|elif|if|while|until))[ \\t]*$");
  private static final Pattern CASE = Pattern.compile("case[ \\t]");
  private static final Pattern ESAC = Pattern.compile("esac(?![A-Za-z0-9_])");
  private static final String SEPARATORS = " \t\n;&|()<>";

  /** How the shell reads a place. */
  enum Quoting {
    /** A command or a word without quotes. */
    NONE {
      @Override
      String reference(String variable) {
        return "\"${" + variable + "}\"";
      }
    },
    /**
     * The same within a word that sets a variable ({@code NAME=...}), where a second word would be
     * taken for a command.
     */
    ASSIGNED {
      @Override
      String reference(String variable) {
        return "${" + variable + "}";
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
  private final Deque<Frame> frames = new ArrayDeque<>();

  private final Deque<HereDocument> hereDocuments = new ArrayDeque<>();
  private int at;

  TemplateReader(String template, References references) {
    this.template = template;
    this.references = references;
    frames.push(new Frame(Kind.COMMANDS, 0, 0));
  }

  String read() {
    readTo(template.length());
    return out.toString();
  }

  private void readTo(int end) {
    while (at < end) {
      char c = template.charAt(at);
      if (c == '$' && replacedKey()) {
        continue;
      }
      switch (frames.element().kind) {
        case COMMANDS, BACKTICKS, BACKTICKS_IN_DOUBLE -> unquoted(c);
        case ARITHMETIC -> arithmetic(c);
        case DOUBLE, ESCAPED_DOUBLE, HERE_DOCUMENT -> doubleQuoted(c);
        case SINGLE -> {
          if (c == '\'') {
            frames.pop();
          }
          copy(1);
        }
      }
    }
  }

  private void unquoted(char c) {
    Frame frame = frames.element();
    if (c == '\\') {
      if (frame.kind == Kind.BACKTICKS_IN_DOUBLE && template.startsWith("\\\"", at)) {
        open(Kind.ESCAPED_DOUBLE, 2, 0);
      } else {
        copy(2);
      }
    } else if (c == '#' && at == frame.wordStart) {
      copyComment();
    } else if (c == '\n' && !hereDocuments.isEmpty()) {
      copy(1);
      readHereDocuments();
      frame.wordStart = at;
    } else if (template.startsWith("<<<", at)) {
      copy(3);
      frame.wordStart = at;
    } else if (c == '<' && noteHereDocument()) {
      frame.wordStart = at;
    } else if (c == '\'') {
      open(Kind.SINGLE, 1, 0);
    } else if (c == '"') {
      open(Kind.DOUBLE, 1, 0);
    } else if (!openedExpansion(c)) {
      countCases(frame);
      if (c == '(') {
        frame.depth++;
      } else if (c == ')' && closesParenthesis(frame)) {
        return;
      }
      copy(1);
      if (SEPARATORS.indexOf(c) >= 0) {
        frame.wordStart = at;
      }
    }
  }

  /** Here a {@code <<} is no here-document, and a {@code #} no comment. */
  private void arithmetic(char c) {
    Frame frame = frames.element();
    if (c == '\\') {
      copy(2);
    } else if (c == '"') {
      open(Kind.DOUBLE, 1, 0);
    } else if (!openedExpansion(c)) {
      if (c == '(') {
        frame.depth++;
      } else if (c == ')' && closesParenthesis(frame)) {
        return;
      }
      copy(1);
    }
  }

  private void doubleQuoted(char c) {
    Kind kind = frames.element().kind;
    if (kind == Kind.ESCAPED_DOUBLE && template.startsWith("\\\"", at)) {
      frames.pop();
      copy(2);
    } else if (c == '\\') {
      copy(2);
    } else if (!openedExpansion(c)) {
      if (c == '"' && kind != Kind.HERE_DOCUMENT) {
        frames.pop();
      }
      copy(1);
    }
  }

  private boolean openedExpansion(char c) {
    if (c == '`') {
      toggleBackticks();
    } else if (template.startsWith("$((", at)) {
      open(Kind.ARITHMETIC, 3, 2);
    } else if (template.startsWith("$(", at)) {
      open(Kind.COMMANDS, 2, 1);
    } else if (template.startsWith("$$", at)) {
      copy(2);
    } else {
      return false;
    }
    return true;
  }

  private void open(Kind kind, int characters, int depth) {
    copy(characters);
    frames.push(new Frame(kind, depth, at));
  }

  private void toggleBackticks() {
    if (inBackticks()) {
      while (!frames.pop().kind.isBackticks()) {
        // What was opened within backticks ends with them.
      }
      copy(1);
    } else {
      boolean quoted = frames.element().kind.quoting == Quoting.DOUBLE;
      open(quoted ? Kind.BACKTICKS_IN_DOUBLE : Kind.BACKTICKS, 1, 0);
    }
  }

  private boolean inBackticks() {
    return frames.stream().anyMatch(frame -> frame.kind.isBackticks());
  }

  /** Takes a parenthesis that ends an expansion; the one after a pattern of a case does not. */
  private boolean closesParenthesis(Frame frame) {
    if (frame.depth == 0 || (frame.depth == 1 && frame.cases > 0)) {
      return false;
    }
    frame.depth--;
    if (frame.depth > 0 || frames.size() == 1 || frame.kind.isBackticks()) {
      return false;
    }
    frames.pop();
    copy(1);
    return true;
  }

  private void countCases(Frame frame) {
    if (at == frame.wordStart) {
      if (ESAC.matcher(template).region(at, template.length()).lookingAt()) {
        frame.cases = Math.max(0, frame.cases - 1);
      } else if (CASE.matcher(template).region(at, template.length()).lookingAt()
          && BEFORE_COMMAND.matcher(template.substring(Math.max(0, at - 16), at)).find()) {
        frame.cases++;
      }
    }
  }

  private boolean noteHereDocument() {
    Matcher matcher = HERE_DOCUMENT.matcher(template).region(at, template.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    String end = matcher.group(2).replaceAll("\\\\(.)|['\"]", "$1");
    boolean literal = !end.equals(matcher.group(2));
    hereDocuments.add(new HereDocument(end, literal, !matcher.group(1).isEmpty()));
    copy(matcher.end() - at);
    return true;
  }

  private void readHereDocuments() {
    while (!hereDocuments.isEmpty()) {
      HereDocument document = hereDocuments.remove();
      int end = endOf(document);
      if (document.literal()) {
        copy(end - at);
      } else {
        Frame body = new Frame(Kind.HERE_DOCUMENT, 0, at);
        frames.push(body);
        readTo(end);
        while (frames.contains(body)) {
          frames.pop();
        }
      }
      copy(endOfLine(at) - at);
    }
  }

  /** Where the line is that ends a here-document which begins here. */
  private int endOf(HereDocument document) {
    int start = at;
    while (start < template.length()) {
      int next = endOfLine(start);
      String line = template.substring(start, next);
      line = line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
      if ((document.indented() ? line.replaceFirst("^\t+", "") : line).equals(document.end())) {
        break;
      }
      start = next;
    }
    return start;
  }

  /** Where the line after the one at {@code position} begins. */
  private int endOfLine(int position) {
    int end = template.indexOf('\n', position);
    return end < 0 ? template.length() : end + 1;
  }

  private boolean replacedKey() {
    Matcher matcher = KEY.matcher(template).region(at, template.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    String text = references.of(matcher.group(1), quoting());
    if (text == null) {
      return false;
    }
    out.append(text);
    at = matcher.end();
    return true;
  }

  private Quoting quoting() {
    Frame frame = frames.element();
    boolean assigned =
        frame.kind.quoting == Quoting.NONE
            && ASSIGNMENT.matcher(template).region(frame.wordStart, at).lookingAt();
    return assigned ? Quoting.ASSIGNED : frame.kind.quoting;
  }

  private void copyComment() {
    int end = template.indexOf('\n', at);
    end = end < 0 ? template.length() : end;
    int backtick = inBackticks() ? template.indexOf('`', at) : -1;
    copy((backtick >= 0 ? Math.min(backtick, end) : end) - at);
  }

  private void copy(int characters) {
    int end = Math.min(at + characters, template.length());
    out.append(template, at, end);
    at = end;
  }

  /** What a place is in. */
  private enum Kind {
    COMMANDS(Quoting.NONE),
    BACKTICKS(Quoting.NONE),
    BACKTICKS_IN_DOUBLE(Quoting.NONE),
    /** Which the shell reads as if it were in double quotes. */
    ARITHMETIC(Quoting.DOUBLE),
    SINGLE(Quoting.SINGLE),
    DOUBLE(Quoting.DOUBLE),
    /** Between {@code \"} and {@code \"}, in backticks in double quotes. */
    ESCAPED_DOUBLE(Quoting.DOUBLE),
    HERE_DOCUMENT(Quoting.DOUBLE);

    final Quoting quoting;

    Kind(Quoting quoting) {
      this.quoting = quoting;
    }

    boolean isBackticks() {
      return this == BACKTICKS || this == BACKTICKS_IN_DOUBLE;
    }
  }

  /** Something that has been opened and not closed yet. */
  private static final class Frame {
    final Kind kind;

    /** How many parentheses are open. */
    int depth;

    /** How many {@code case} have no {@code esac} yet. */
    int cases;

    /** Where the word begins that the reader is in, outside quotes. */
    int wordStart;

    Frame(Kind kind, int depth, int wordStart) {
      this.kind = kind;
      this.depth = depth;
      this.wordStart = wordStart;
    }
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
