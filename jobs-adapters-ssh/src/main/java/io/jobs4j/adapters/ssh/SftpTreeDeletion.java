package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import java.io.IOException;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.RemoteResourceInfo;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes trees over SFTP without following links. A directory of the tree that its owner may not
 * read, change or enter is first made so that the owner may. A failure names the innermost place
 * that could not be deleted. Stateless.
 */
final class SftpTreeDeletion {
  private static final Logger log = LoggerFactory.getLogger(SftpTreeDeletion.class);
  private static final int OWNERS = 0700;

  private SftpTreeDeletion() {}

  /**
   * Deletes what is at {@code path}.
   *
   * @param attributes what was found there, without following a link
   * @param shown the path in the storage
   */
  static void delete(SFTPEngine sftp, String path, FileAttributes attributes, StoragePath shown)
      throws IOException, InterruptedException {
    SftpStorage.heedInterrupt();
    try {
      if (!SftpConfinement.isDirectory(attributes)) {
        sftp.remove(path);
        return;
      }
      takeOwnersRights(sftp, path, attributes);
      for (RemoteResourceInfo child : SftpStorage.children(sftp, path)) {
        String below = SftpConfinement.child(path, child.getName());
        FileAttributes own = SftpStorage.own(sftp, below, child);
        if (own != null) {
          delete(sftp, below, own, shown.resolve(child.getName()));
        }
      }
      sftp.removeDir(path);
    } catch (SFTPException e) {
      if (!SftpFailures.isAnswer(e)) {
        throw e;
      }
      // Else somebody else deleted it.
      if (!SftpFailures.isMissing(e)) {
        throw SftpFailures.of("delete", shown, e, RecoveryCondition.STORAGE_NOT_WRITABLE);
      }
    }
  }

  /** If that is refused, what comes next tells whether it was needed. */
  private static void takeOwnersRights(SFTPEngine sftp, String path, FileAttributes attributes)
      throws IOException {
    int mode = attributes.getMode().getPermissionsMask();
    if ((mode & OWNERS) == OWNERS) {
      return;
    }
    try {
      sftp.setAttributes(path, new FileAttributes.Builder().withPermissions(mode | OWNERS).build());
    } catch (SFTPException e) {
      if (!SftpFailures.isAnswer(e)) {
        throw e;
      }
      log.debug("The owner's rights on {} could not be taken", path, e);
    }
  }
}
