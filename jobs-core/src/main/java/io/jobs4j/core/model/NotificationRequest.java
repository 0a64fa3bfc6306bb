package io.jobs4j.core.model;

/**
 * A wish to be told of a job's events (Aloe, "Submission Request Parameters", second table).
 *
 * @param event name of the event, or {@code *} for all
 * @param url a URL template or an e-mail address
 * @param persistent whether it stays active after the first time; {@code false} by default
 */
public record NotificationRequest(String event, String url, boolean persistent) {
  /** The event that stands for all events. */
  public static final String ALL = "*";
}
