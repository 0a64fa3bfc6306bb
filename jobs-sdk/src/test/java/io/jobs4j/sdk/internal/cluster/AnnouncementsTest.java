package io.jobs4j.sdk.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
  private final Announcements announcements = new Announcements();

  @Test
  void eachThingIsToldOnce() {
    for (int i = 0; i < 3; i++) {
      announcements.ready();
      announcements.orphans();
      announcements.requested("a");
      announcements.changed("b");
    }
    announcements.changed("c");
    assertThat(announcements.messages("me"))
        .containsExactlyInAnyOrder("me ready", "me orphans", "me request:a", "me changed:b,c");
    announcements.clear();
    assertThat(announcements.messages("me")).isEmpty();
  }

  @Test
  void manyChangesFillSeveralMessages() {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      uuids.add(UUID.randomUUID().toString());
      announcements.changed(uuids.get(i));
    }
    List<String> told = new ArrayList<>();
    for (String message : announcements.messages("me")) {
      assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8000);
      assertThat(message).startsWith("me changed:");
      told.addAll(List.of(message.substring("me changed:".length()).split(",")));
    }
    assertThat(told).isEqualTo(uuids);
  }

  @Test
  void moreChangesThanThatAreNotListed() {
    for (int i = 0; i < 5000; i++) {
      announcements.changed(UUID.randomUUID().toString());
    }
    assertThat(announcements.messages("me")).containsExactly("me changed:*");
  }
}
