package io.jobs4j.core.internal.validation;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Searches for the validators of applications: regular expressions of Java (Aloe, "Submission
 * Request Gotchas") that need only be found somewhere in a value, as in Agave. Gives up on
 * expressions that take too long; one instance is for the values of one request.
 */
final class Validator {
  private static final int MAX_STEPS = 20_000_000;

  /** Characters that were looked at so far, in all values of the request. */
  private int steps;

  enum Outcome {
    FOUND,
    NOT_FOUND,
    INVALID,
    TOO_COSTLY
  }

  Outcome search(String expression, String value) {
    try {
      return Pattern.compile(expression).matcher(new Counted(value)).find()
          ? Outcome.FOUND
          : Outcome.NOT_FOUND;
    } catch (PatternSyntaxException e) {
      return Outcome.INVALID;
    } catch (TooManySteps | StackOverflowError e) {
      return Outcome.TOO_COSTLY;
    }
  }

  /** A text that may be looked at only so often. */
  private final class Counted implements CharSequence {
    private final String text;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      steps++;
      if (steps > MAX_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
