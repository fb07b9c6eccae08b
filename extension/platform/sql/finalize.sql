-- Nobody may use what is here until a superuser grants it: the functions act on the machine as the server's user.
revoke all on all functions in schema vigil_platform from public;

comment on schema vigil_platform is
    'What the backend needs of the machine: files of an archive, in the directory that vigil_platform.archive_directory names, and the command of vigil_platform.dead_man_command. Nothing here is granted to anybody.';

comment on function archive_write(text, bytea) is
    'Writes a file of the archive and returns the SHA-256 of its content, 64 hexadecimal digits. The file is written under a temporary name beside its own, brought to the disk and renamed, so that it is there as a whole or not at all; missing folders are made; a file of the same path is replaced. NULL if an argument is NULL. Errors: 22023 for a path that is not names joined by slashes or that ends in .tmp, 55000 without an archive directory, 53100 for a full disk, 42501 for a folder that the server may not write to, 58P01 without the directory itself, 58030 otherwise; none leaves a file behind. Not undone by a rollback. O(bytes).';
comment on function archive_read(text) is
    'The content of a file of the archive. NULL for NULL. Errors: 22023, 55000, 58P01 for a file that is not there, 54000 for one longer than 1 GB, 42501, 58030. O(bytes).';
comment on function archive_hash(text) is
    'SHA-256 (64 hexadecimal digits) and length of a file of the archive, of any length, read from the disk. No row for NULL. Errors: 22023, 55000, 58P01 for a file that is not there, 42501, 58030. O(bytes).';
comment on function archive_remove(text) is
    'Removes a file of the archive; false when it was not there. Folders stay. NULL for NULL. Errors: 22023, 55000, 42501, 58030. Not undone by a rollback. O(1).';
comment on function archive_files(text) is
    'The files of the archive whose paths begin with a prefix (''''  for all), by path, with length and time of the last change. Files that are being written, or were when the server was killed, end in .tmp. Names that no path can have and symbolic links are left out. No rows for NULL and for a folder that is not there. Errors: 22023 for what no path begins with, 55000, 42501, 58030. O(entries).';
comment on function archive_status() is
    'Whether an archive directory is set, whether the server can make files in it, and how many bytes are free there (NULL where that is not known). One row, no errors. O(1).';
comment on function run_dead_man_command(text) is
    'Runs the command that vigil_platform.dead_man_command holds with /bin/sh as the server''s user, with the message on its standard input, an environment of PATH alone, in /, and returns its exit status: 128 and the number for a command that a signal ended, 124 for one that was killed with all it had started after 10 seconds. What it prints is dropped. NULL when there is no command, and for NULL. A cancel request ends it. Errors: 22023 for a message of more than 8192 bytes, 58030 when there is no shell. Not undone by a rollback. O(the command).';
