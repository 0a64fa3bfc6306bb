package io.jobs4j.core.local;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system says of errors, besides English in the language of a process. The
 * language is that of the locale in which Java was started, whatever the locale of Java is.
 * Immutable.
 */
final class SystemTexts {
  /** What the JDK adds to a text, before or after it. */
  private static final Pattern TEXT =
      Pattern.compile("(?:Unable to [^:]*: )?(.*?)(?: \\(NOFOLLOW_LINKS specified\\))?");

  /** What is said of errors that may come instead of the one that was to be made. */
  private static final List<String> OTHER_ERRORS =
      List.of(
          "Read-only file system",
          "Permission denied",
          "No such file or directory",
          "No data available",
          "Input/output error",
          "I/O error",
          "No space left on device",
          "Too many open files");

  private final Map<SystemError, String> texts;

  /**
   * Texts in one language.
   *
   * @param texts for errors of which it is known
   */
  SystemTexts(Map<SystemError, String> texts) {
    this.texts = Map.copyOf(texts);
  }

  /** The texts in the language of this process. */
  static SystemTexts ofThisProcess() {
    return OfThisProcess.TEXTS;
  }

  /** Learned when the first error is to be told. */
  private static final class OfThisProcess {
    private static final SystemTexts TEXTS = learn(SystemError::provoke);
  }

  /** Whether a message has the text of one of these errors in it. */
  boolean tell(@Nullable String message, SystemError... errors) {
    if (message != null) {
      for (SystemError error : errors) {
        String text = texts.get(error);
        if (message.contains(error.english()) || (text != null && message.contains(text))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Makes errors. */
  interface Probe {
    /** Makes an error as {@link SystemError#provoke} does. */
    void provoke(SystemError error) throws IOException;
  }

  /**
   * Learns what is said by making each error that can be made. Nothing is learned from English: it
   * is known, or tells of another error than was to be made.
   */
  static SystemTexts learn(Probe probe) {
    Map<SystemError, String> texts = new EnumMap<>(SystemError.class);
    boolean interrupted = false;
    for (SystemError error : SystemError.values()) {
      String text;
      while ((text = said(probe, error)) == null) {
        interrupted |= Thread.interrupted();
      }
      if (!text.isBlank() && !isEnglish(text)) {
        texts.put(error, text);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new SystemTexts(texts);
  }

  private static boolean isEnglish(String text) {
    return Arrays.stream(SystemError.values()).map(SystemError::english).anyMatch(text::contains)
        || OTHER_ERRORS.stream().anyMatch(text::contains);
  }

  /**
   * What is said when an error is made, in whatever language; empty if nothing is, {@code null} if
   * an interrupt came between.
   */
  static @Nullable String said(Probe probe, SystemError error) {
    try {
      probe.provoke(error);
      return "";
    } catch (ClosedByInterruptException e) {
      return null;
    } catch (IOException e) {
      Matcher matcher = TEXT.matcher(text(e));
      return matcher.matches() ? matcher.group(1) : "";
    } catch (RuntimeException e) {
      // A platform without that.
      return "";
    }
  }

  /** The text of the operating system; empty where the JDK tells the error without it. */
  private static String text(IOException e) {
    String text = null;
    if (e.getClass() == FileSystemException.class) {
      // Its message has a path in it, or is nothing else.
      text = ((FileSystemException) e).getReason();
    } else if (e.getClass() == IOException.class) {
      // Of an open file, or of a link that was not to be followed, the text is all that is told.
      text = e.getMessage();
    }
    return text == null ? "" : text;
  }

  /** What is known, for tests. */
  Map<SystemError, String> texts() {
    return texts;
  }
}
