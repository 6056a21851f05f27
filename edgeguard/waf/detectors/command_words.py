"""Names of commands for `command`, by how much they say: of Unix's shells, cmd.exe and PowerShell."""

from __future__ import annotations


def _words(text: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in text.split())


TELLING = _words(
    "ldapsearch chattr shred setarch cmdkey mklink cipher makecab "
    "pkill killall bunzip2 pidof sysctl nsenter truncate podman mawk nawk loginctl getcap setcap rpm "
    "osascript declare cmp readlink realpath journalctl ip6tables nft firewall-cmd modprobe insmod lsmod "
    "dmidecode chpasswd groupadd gpasswd swapoff losetup fuser ldconfig chkconfig launchctl scutil dscl "
    "csrutil gcloud odbcconf installutil takeown getmac driverquery bcdedit fsutil runas klist cmstp setx "
    "ntdsutil diskpart wevtutil esentutl forfiles gpresult gpupdate nltest nbtstat pcalua pnputil psexec "
    "qwinsta quser sdbinst secedit subst tracerpt tscon typeperf wbadmin winrm winrs xwizard msbuild msiexec "
    "ieexec dnscmd dsquery dsget csvde ldifde mavinject msdt msxsl whereis netsh whoami uname ifconfig "
    "ipconfig netstat nslookup wget curl netcat ncat mkfifo chmod chown chgrp printenv systeminfo tasklist "
    "taskkill powershell pwsh certutil bitsadmin mshta regsvr32 rundll32 wmic schtasks xxd base64 tcpdump "
    "lsof useradd adduser usermod userdel crontab socat telnet traceroute tracert iptables hostnamectl "
    "systemctl python python2 python3 perl bash zsh ksh tcsh csh tftp sshpass awk gawk sed grep egrep fgrep "
    "getent gcc nmap rm mv cp tac hexdump strings uptime dpkg apt-get yum unzip gunzip zcat bzcat nohup "
    "xterm setsid nice busybox mysql mysqldump psql sqlite3 redis-cli kubectl ssh scp sftp rsync "
    "lwp-download lynx fping arp route dig findstr icacls attrib cscript wscript xcopy robocopy regedit "
    "vssadmin invoke-expression iex invoke-webrequest iwr invoke-restmethod irm invoke-command start-process "
    "start-sleep get-content get-process get-childitem get-wmiobject get-service new-object set-content "
    "out-file add-type passwd sudo lua irb tclsh gdb strace ltrace dmesg vmstat lsblk lscpu blkid mknod "
    "md5sum sha1sum sha256sum openssl xargs tee chsh chroot ldd readelf dd df du lp tty stty ps pwd ls id nc "
    "od nl su sh dash ash php ruby node cmd fdisk bzip2 gzip gci gwmi sc ftype chcp logoff pushd set-executionpolicy "
    "set-mppreference add-mppreference test-netconnection resolve-dnsname get-ciminstance invoke-cimmethod get-localuser "
    "new-localuser add-localgroupmember get-aduser get-itemproperty set-itemproperty new-itemproperty get-item remove-item "
    "copy-item move-item new-item rename-item new-service stop-service start-service restart-service stop-process start-job "
    "register-scheduledtask new-scheduledtaskaction import-module send-mailmessage write-host write-output select-string "
    "get-host get-location get-acl get-eventlog get-winevent get-netipaddress get-nettcpconnection get-hotfix get-command "
    "get-variable get-computerinfo stop-computer restart-computer start-bitstransfer out-string compress-archive expand-archive"
)
"""What prose does not have behind a separator, unless it is about commands."""

EVERYDAY = (
    _words(
        "tree fc md rd export trap aws call fetch cat head tail less more sort find echo type copy del start "
        "host hostname sleep ping kill at cut tr wc who w last mount set env date dir net ver vol reg move "
        "rename more timeout calc shutdown reboot halt locate which whereis file test printf read eval source "
        "exec export alias history touch mkdir rmdir ln stat split join paste diff patch make screen watch time "
        "expr jobs ftp finger mail sendmail tar zip ed vi vim nano emacs man info help query title erase print "
        "path ar as ld go java route free top for service script wall write rev fold pr column comm look logger "
        "ip ss arp perl6 gem npm gc explorer msg"
    )
    - TELLING
)
"""Words of everyday language, too: what follows them must look like an argument."""

ALONE = _words(
    "id ls ps w df du pwd ver env set dir who last date hostname mount su sh reboot vol calc uptime tty whoami uname "
    "ifconfig ipconfig netstat systeminfo tasklist printenv lsof dmesg free top history halt shutdown nc driverquery quser "
    "qwinsta logoff get-process get-childitem get-service get-localuser get-location get-host get-computerinfo get-hotfix"
)
"""Those that do something without any argument."""

RUNNERS = _words(
    "bash sh zsh ksh dash ash csh tcsh python python2 python3 perl ruby php node lua cmd powershell pwsh busybox nc "
    "ncat netcat awk"
)
"""What runs other code, by an argument."""

BEFORE = _words("sudo exec nohup time command builtin env xargs eval then do else start nice setsid doas watch")
"""What may stand before a command."""

SUBCOMMANDS: dict[bytes, frozenset[bytes]] = {
    **dict.fromkeys(
        (b"pip", b"pip3", b"npm", b"apt", b"apt-get", b"yum", b"dnf", b"apk", b"gem", b"brew"), _words("install add remove")
    ),
    **dict.fromkeys(
        (b"service", b"systemctl", b"docker", b"kubectl"), _words("stop start restart status enable disable exec run ps")
    ),
    b"passwd": _words("root admin"),
    b"at": _words("now midnight"),
    b"which": _words("python python3 perl nc ncat curl wget gcc bash sh php ruby node"),
    b"vssadmin": _words("list delete create"),
    b"route": _words("print add delete"),
    b"where": _words("cmd powershell python"),
    b"aws": _words("s3 sts ec2 iam"),
    b"netsh": _words("advfirewall firewall interface wlan"),
    b"sc": _words("create query stop start config delete qc sdshow failure"),
    b"wmic": _words("process os service useraccount product qfe path shadowcopy computersystem logicaldisk startup nicconfig"),
    **dict.fromkeys((b"powershell", b"pwsh", b"cmd"), _words("whoami ipconfig systeminfo tasklist iex iwr irm hostname")),
}
"""What follows some names where they are a command, and no word of a sentence."""

PRODUCTS = RUNNERS | _words(
    "mysql psql sqlite3 openssl base64 passwd strings route nice dig dd df du lp nl od nc vmstat gdb tee rm mv cp"
)
"""Names that lists of topics and abbreviations have, too: one plain word behind them says little."""

SHOWN = (
    TELLING
    | _words("cat head tail find sort cd git docker npm npx yarn pip pip3 make cargo go brew helm terraform echo tar touch mkdir")
) - {b"id"}
"""What lines begin with that people show each other."""

NAMES = frozenset(SUBCOMMANDS) | TELLING | EVERYDAY | ALONE
