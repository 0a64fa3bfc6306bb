package io.jobs4j.core.local;

import io.jobs4j.core.storage.Failures;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.EnumMap;
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
    private static final SystemTexts TEXTS = learn();
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

  /** Learns what is said by making each error that can be made. */
  static SystemTexts learn() {
    Map<SystemError, String> texts = new EnumMap<>(SystemError.class);
    boolean interrupted = false;
    for (SystemError error : SystemError.values()) {
      String text;
      while ((text = text(error)) == null) {
        interrupted |= Thread.interrupted();
      }
      if (!text.isBlank()) {
        texts.put(error, text);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new SystemTexts(texts);
  }

  /** Empty if nothing is said, {@code null} if an interrupt came between. */
  private static @Nullable String text(SystemError error) {
    try {
      error.provoke();
      return "";
    } catch (ClosedByInterruptException e) {
      return null;
    } catch (IOException e) {
      String reason = Failures.reason(e);
      Matcher matcher = TEXT.matcher(reason == null ? "" : reason);
      return matcher.matches() ? matcher.group(1) : "";
    } catch (RuntimeException e) {
      // A platform without that.
      return "";
    }
  }

  /** What is known, for tests. */
  Map<SystemError, String> texts() {
    return texts;
  }
}
