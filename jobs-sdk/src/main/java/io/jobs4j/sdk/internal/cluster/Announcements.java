package io.jobs4j.sdk.internal.cluster;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a transaction announces to other engines: gathered within it and sent with it, each thing
 * once. Used by one thread.
 */
public final class Announcements {
  static final String READY = "ready";
  static final String ORPHANS = "orphans";
  static final String JOINED = "joined";
  static final String ANYTHING = "anything";
  static final String REQUEST = "request";
  static final String CHANGED = "changed";

  /** What PostgreSQL takes in one message is a little more. */
  static final int MESSAGE_LIMIT = 7900;

  /** With more jobs than fit into these, it is told only that many have changed. */
  private static final int CHANGED_MESSAGES = 8;

  private final Set<String> kinds = new LinkedHashSet<>();
  private final Set<String> requests = new LinkedHashSet<>();
  private final Set<String> changes = new LinkedHashSet<>();

  /** A job is ready for any engine's workers. */
  public void ready() {
    kinds.add(READY);
  }

  /** Jobs were taken from an engine, or given back by one that leaves. */
  public void orphans() {
    kinds.add(ORPHANS);
  }

  /** This engine has become a member. */
  void joined() {
    kinds.add(JOINED);
  }

  /** Someone wants a job cancelled, paused or resumed, for which it was made ready. */
  public void requested(String uuid) {
    requests.add(uuid);
  }

  /** A job or its history has changed. */
  public void changed(String uuid) {
    changes.add(uuid);
  }

  /** Begins anew, for the next transaction. */
  public void clear() {
    kinds.clear();
    requests.clear();
    changes.clear();
  }

  /**
   * The messages to send.
   *
   * @param sender the engine that announces
   */
  public List<String> messages(String sender) {
    List<String> messages = new ArrayList<>();
    kinds.forEach(kind -> messages.add(message(sender, kind, "")));
    requests.forEach(uuid -> messages.add(message(sender, REQUEST, uuid)));
    List<String> changed = new ArrayList<>();
    StringBuilder list = new StringBuilder();
    int room = MESSAGE_LIMIT - message(sender, CHANGED, "").length();
    for (String uuid : changes) {
      if (list.length() + 1 + uuid.length() > room) {
        changed.add(message(sender, CHANGED, list.toString()));
        list.setLength(0);
      }
      list.append(list.isEmpty() ? "" : ",").append(uuid);
    }
    if (!list.isEmpty()) {
      changed.add(message(sender, CHANGED, list.toString()));
    }
    messages.addAll(
        changed.size() <= CHANGED_MESSAGES ? changed : List.of(message(sender, CHANGED, "*")));
    return messages;
  }

  static String message(String sender, String kind, String subject) {
    return sender + " " + kind + (subject.isEmpty() ? "" : ":" + subject);
  }
}
