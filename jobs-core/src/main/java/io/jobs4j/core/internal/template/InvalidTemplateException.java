package io.jobs4j.core.internal.template;

/** A text is neither a URL template nor an e-mail address. The message says what would be right. */
public final class InvalidTemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String template;
  private final String problem;

  InvalidTemplateException(String template, String problem) {
    super("Invalid notification url \"%s\": %s".formatted(template, problem));
    this.template = template;
    this.problem = problem;
  }

  /** What is wrong with it, without the text itself, which may hold secrets. */
  public String problem() {
    return problem;
  }

  /** The refused text. */
  public String template() {
    return template;
  }
}
