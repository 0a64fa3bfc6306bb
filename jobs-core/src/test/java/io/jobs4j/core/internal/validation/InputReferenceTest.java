package io.jobs4j.core.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputReferenceTest {
  private final StorageSystem data = Fixture.storage("data", true);
  private final StorageSystem tape = Fixture.storage("tape_2.x", true);

  private Optional<StorageSystem> systems(String id) {
    return Optional.of(tape).filter(system -> system.id().equals(id));
  }

  @ParameterizedTest
  @CsvSource({
    "a.txt, data, /home/a.txt",
    "x/a.txt, data, /home/x/a.txt",
    "/x/a.txt, data, /x/a.txt",
    "//x/./a.txt, data, /x/a.txt",
    "100%.txt, data, /home/100%.txt",
    "12:30.log, data, /home/12:30.log",
    "a%20b, data, /home/a%20b",
    "dir/, data, /home/dir",
    "agave://tape_2.x/x/a.txt, tape_2.x, /home/x/a.txt",
    "AGAVE://tape_2.x//x/a.txt, tape_2.x, /x/a.txt",
    "agave://tape_2.x/a%20b%23%3F%25.txt, tape_2.x, /home/a b#?%.txt",
    "agave://tape_2.x/caf%C3%A9, tape_2.x, /home/caf\u00e9",
    "agave://tape_2.x/caf\u00e9, tape_2.x, /home/caf\u00e9"
  })
  void namesAPlaceInAStorage(String value, String system, String path) {
    assertThat(InputReference.parse(value, data, this::systems))
        .isEqualTo(new InputReference(system, StoragePath.parse(path)));
  }

  @Test
  void otherSchemesCanBeAllowed() {
    assertThat(
            InputReference.parse("tapis://tape_2.x/a", data, this::systems, Set.of("tapis"))
                .systemId())
        .isEqualTo("tape_2.x");
  }

  @Test
  void whatNamesNoFileFailsForGood() {
    assertThatThrownBy(() -> InputReference.parse("http://u:secret@h/a", data, this::systems))
        .isInstanceOfSatisfying(
            PermanentAdapterException.class,
            e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS))
        .hasMessageContaining("unsupported scheme")
        .hasMessageNotContaining("secret");
  }
}
