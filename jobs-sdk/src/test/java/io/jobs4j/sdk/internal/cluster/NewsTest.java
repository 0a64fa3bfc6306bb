package io.jobs4j.sdk.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NewsTest {
  private final News news = new News();

  @Test
  void eachThingIsToldOnce() {
    for (int i = 0; i < 3; i++) {
      news.ready();
      news.orphans();
      news.requested("a");
      news.changed("b");
    }
    news.changed("c");
    assertThat(news.messages("me"))
        .containsExactlyInAnyOrder("me ready", "me orphans", "me request:a", "me changed:b,c");
    news.clear();
    assertThat(news.messages("me")).isEmpty();
  }

  @Test
  void manyChangesFillSeveralMessages() {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      uuids.add(UUID.randomUUID().toString());
      news.changed(uuids.get(i));
    }
    List<String> told = new ArrayList<>();
    for (String message : news.messages("me")) {
      assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8000);
      assertThat(message).startsWith("me changed:");
      told.addAll(List.of(message.substring("me changed:".length()).split(",")));
    }
    assertThat(told).isEqualTo(uuids);
  }

  @Test
  void moreChangesThanThatAreNotListed() {
    for (int i = 0; i < 5000; i++) {
      news.changed(UUID.randomUUID().toString());
    }
    assertThat(news.messages("me")).containsExactly("me changed:*");
  }
}
