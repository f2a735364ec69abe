"""What the gates look for: which types may be safe, which stacks are protected, and the words that hold an item."""

from bot.incident.model import Frozen
from bot.postmortem.model import Kind
from bot.postmortem.words import listed

PROTECTED_STACKS = listed("vault, dbaas, traefik, authentik, kyverno, infra, platform, cnpg, external-secrets")


class Policy(Frozen):
    """What the gates look for. A word that ends in `*` stands for all that begin so; a blank is any gap.

    `everyday` are stack names that are also plain words: those count only where they are called a stack.
    """

    safe_kinds: frozenset[Kind] = frozenset({Kind.ALERT, Kind.CONFIG, Kind.MONITOR})
    protected_stacks: tuple[str, ...] = PROTECTED_STACKS
    everyday: tuple[str, ...] = ("infra", "platform", "monitoring", "apps", "base", "core", "common", "shared")
    hosts: tuple[str, ...] = listed("""
        hypervisor*, proxmox*, pve*, pfsense, router*, firewall*, switch, switches, control plane, bare metal,
        kernel*, bios, firmware, host, hosts, hostpath*, node, nodes, node1*, node2*, node3*, node4*, node5*, node6*,
        k8s node*, vm, vms, kubelet*, containerd*, sysctl*, iptables, nftables, metallb, coredns, dns zone*, cni,
        calico, cilium
    """)
    data: tuple[str, ...] = listed("""
        data, database*, postgres*, pg, mysql*, mariadb*, innodb, mongo*, redis, valkey, etcd, sqlite*, clickhouse*,
        raft, schema*, wal, storage*, storageclass*, volume*, pvc*, pv, pvs, persistent*, nfs*, csi*, iscsi, lvm*,
        zfs, ceph*, longhorn, disk*, filesystem*, fstab, mount*, exports, backup*, snapshot*, restor*, retention,
        archive*, bucket*, s3, minio, registry gc, garbage collect*, fsgroup*, chown*, chmod*, secret*, credential*,
        password*, token*, api key*, private key*, signing key*, encrypt*, certificate*
    """)
    destructive: tuple[str, ...] = listed("""
        delet*, drop*, remov*, purg*, wip*, destroy*, destruct*, truncat*, prun*, eras*, format, reformat*, reset*,
        reboot*, restart*, reprovision*, kill*, drain*, cordon*, evict*, unmount*, umount*, terminat*, shutdown, shut
        down, power off, power cycle, stop, disabl*, turn off, switch off, deactivat*, revok*, rotat*, uninstall*,
        decommission*, clean up, cleanup*, cleaning, migrat*, mov*, relocat*, replac*, recreat*, rebuil*, renam*,
        downgrad*, upgrad*, roll back, rollback*, revert*, force, forced, scale down, scale to zero, failover, fail
        over, detach*, import, imports, importing, taint*, overwrit*, swap*, flush*, vacuum*, rm, retire*, get rid of,
        trim*, dd, mkfs*, manually, by hand
    """)
    machinery: tuple[str, ...] = listed("""
        script*, systemd*, systemctl, unit, units, textfile*, onfailure, execstart*, crontab*, cron job, bash, hook,
        hooks, pushgateway, daemonset*, sidecar*
    """)
    decision: tuple[str, ...] = listed("""
        consider*, decid*, decision*, undecided, discuss*, debat*, revisit*, rethink*, think about, brainstorm*,
        propos*, maybe, perhaps, possibly, optional*, ideally, if wanted, if desired, if we want, if needed, if
        necessary, if possible, should we, do we, tbd, to be decided, to be discussed, pick one, pick between,
        choose*, choice*, trade off*, tradeoff*, approval*, approv*, sign off*, needs review, judgment, judgement,
        alternatively, and or, on hold, paused, blocked, blocked by, depends on, waiting for, not urgent, nice to
        have, ask, agree*, look into
    """)
    study: tuple[str, ...] = listed("""
        evaluat*, explor*, assess*, investigat*, research*, review*, audit*, analy*, verify, find out, understand,
        study, compare, plan
    """)
