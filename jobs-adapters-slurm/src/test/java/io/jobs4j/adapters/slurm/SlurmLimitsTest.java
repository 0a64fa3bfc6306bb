package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.Memory;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlurmLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0.000000001S, 1",
    "PT1S, 1",
    "PT1M, 1",
    "PT1M0.5S, 2",
    "PT61S, 2",
    "P3D, 4320",
    "PT9999H59M59S, 600000"
  })
  void timeLimitsAreMinutesAtLeastAsLong(Duration time, String minutes) {
    assertThat(SlurmTimes.limit(time)).isEqualTo(minutes);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0001, 1M",
    "0.1953125, 200M",
    "0.3, 308M",
    "1, 1024M",
    "1.5, 1536M",
    "1024, 1048576M",
    "1048576, 1073741824M"
  })
  void memoryLimitsAreMegabytesAtLeastAsMany(double gigabytes, String megabytes) {
    assertThat(SlurmSizes.limit(new Memory(gigabytes))).isEqualTo(megabytes);
  }
}
