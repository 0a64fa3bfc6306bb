package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.spi.StoragePath;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a transfer has to keep to.
 *
 * @param fence is checked before each file and before each shows
 * @param within a directory of the target that is not made if it is not there, nor are those above
 *     it
 * @param vanished takes the files of the source that are gone when their turn comes, by several
 *     threads; files may be shorter than planned too. {@code null} if both end the transfer.
 * @param again whether files are transferred too that the target seems to have already
 */
public record TransferTerms(
    Fence fence, StoragePath within, @Nullable Consumer<StoragePath> vanished, boolean again) {
  /** For files that nobody else moves and that stay. */
  public static final TransferTerms PLAIN =
      new TransferTerms(Fence.NONE, StoragePath.ROOT, null, false);
}
