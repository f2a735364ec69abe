"""What looks like a credential, wherever it stands: a rule for each kind, in time that grows with the text only."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A rule. `kind` is what stands in a placeholder. Without one of its `hints`, in small letters, the `pattern` need
    not be tried. `by_line`: nothing that it matches goes on in the next line.

    What the group `keep` matches stays; the rest of the match is the secret. No pattern begins anew inside what it has
    read, and no repetition is followed by what it could itself have read, so that no text takes long.
    """

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    by_line: bool = False

    def may_fit(self, small: str) -> bool:
        """Whether it need be tried on a text, of which `small` is the same in small letters."""
        return any(hint in small for hint in self.hints)


def _shape(kind: str, hints: str, pattern: str, flags: int = 0, *, by_line: bool = False) -> Shape:
    return Shape(kind, tuple(hints.split()), re.compile(pattern, flags), by_line)


def _line(kind: str, hints: str, pattern: str, flags: int = 0) -> Shape:
    return _shape(kind, hints, pattern, flags, by_line=True)


_ANY = re.IGNORECASE

#: Tokens with a beginning of their own, by whose they are. None begins in the middle of a word.
TOKENS = tuple(
    _shape(kind, hints, rf"(?<![A-Za-z0-9])(?:{pattern})")
    for kind, hints, pattern in (
        ("slack-token", "xox xapp-", r"(?:xox[a-z]-|xapp-)[A-Za-z0-9_-]{4,}"),
        ("github-token", "ghp_ gho_ ghs_ ghu_ ghr_ github_pat_", r"(?:gh[opsur]_|github_pat_)[A-Za-z0-9_-]{4,}"),
        (
            "gitlab-token",
            "glpat glptt gldt glrt glcbt glsoat glagent glft glimt",
            r"gl(?:pat|ptt|dt|rt|cbt|soat|agent|ft|imt)-[A-Za-z0-9_-]{4,}",
        ),
        ("aws-key", "akia asia abia", r"(?:AKIA|ASIA|ABIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("google-key", "aiza", r"AIza[A-Za-z0-9_-]{20,}"),
        ("google-key", "ya29. gocspx-", r"(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,}"),
        ("vault-token", "hvs. hvb. hvr.", r"hv[sbr]\.[A-Za-z0-9_-]{20,}"),
        ("vault-token", "s.", r"s\.(?=[A-Za-z]{0,23}\d)(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![A-Za-z0-9])"),
        ("api-key", "sk- sk_ rk- rk_", r"[sr]k[-_](?=[A-Za-z0-9_-]{0,40}\d)[A-Za-z0-9_-]{20,}"),
        ("stripe-secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{20,}"),
        ("npm-token", "npm_", r"npm_[A-Za-z0-9]{20,}"),
        ("pypi-token", "pypi-", r"pypi-[A-Za-z0-9_-]{16,}"),
        ("sendgrid-key", "sg.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
        ("huggingface-token", "hf_", r"hf_[A-Za-z0-9]{30,}"),
        ("grafana-token", "glsa_ glc_", r"gl(?:sa|c)_[A-Za-z0-9+/=_-]{20,}"),
        ("digitalocean-token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
        ("docker-token", "dckr_", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
        ("tailscale-key", "tskey-", r"tskey-[A-Za-z0-9-]{10,}"),
        ("shopify-token", "shpat shpca shppa shpss", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),
        ("linear-key", "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
        ("mailgun-key", "key-", r"key-[0-9a-f]{32}(?![0-9a-f])"),
        ("azure-secret", "q~", r"[A-Za-z0-9_.-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}"),
        ("telegram-token", ":aa", r"(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
        ("discord-token", ".", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
        ("age-key", "age-secret-key", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Za-z]{20,}"),
        ("jwt", "eyj", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    )
)

#: `scheme://user:password@host`: user and host stay. A user alone is a secret where it looks like one.
URLS = (
    _shape(
        "url-password",
        "://",
        # with a part of it at the end of what was cut; neither a port nor an image's tag
        r"(?<![a-z0-9+.-])(?P<keep>[a-z][a-z0-9+.-]{0,30}://[^\s/:@\[]{0,200}:)"
        r"(?:[^\s/]{1,500}(?=@(?!sha256:))|(?!\d{1,5}\Z)(?=[^\s/@…]{0,60}\d)[^\s/@…]{6,500}(?=\Z|…))",
        _ANY,
    ),
    _shape("url-token", "@", r"(?P<keep>://)(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,200}(?=@)"),
)

#: What a credential is called. In front of it may stand anything: `dbPassword`, `MYSQL_ROOT_PASSWORD`.
_NAME = (
    r"(?:password|passwd|passphrase|(?<![a-z])(?<!\$)pwd(?!\s*[:=]\s*[\"']?/)|(?<=[a-z_-])(?<!old)pwd"
    r"|(?<!existing)(?<!existing[_-])(?<!pull)(?<!pull[_-])secret|token|credentials?"
    r"|(?:api|access|account|secret|shared|private|preshared|encryption|signing|master|client)[_-]?(?:access[_-]?)?key"
    r"|client-key-data)"
)
#: What only names or points to a value: `var.password`, `read(`, `${PASSWORD}`, `{{ .token }}`, `<password>`, `null`.
_POINTER = (
    r"(?!\\{0,3}[\"']?(?:\$\{|\$\(|\$[A-Z][A-Z0-9_]*(?:[\s\"',;)]|$)|\{\{|<[a-z _-]{1,40}>"
    r"|[a-z_.]{1,80}\(|(?:var|local|data|module|each|random_password|vault_[a-z_0-9]{1,60}|kubernetes_[a-z_0-9]{1,60})\.[a-z_]"
    r"|(?:null|none|nil|true|false|undefined|required|optional)(?:[\s\"',;)}\]]|$)))"
)
_SIGN = r"[\d!@#$%^*+~]"

#: A credential after a word that announces it; the word stays. In a sentence the word is one of many, so that what
#: follows has to look like no word: a digit in it, a sign, or a capital after a small letter.
NAMED = (
    _line(
        "header",
        "authorization",
        r"(?P<keep>\b(?:proxy-)?authorization\\{0,3}[\"']?\s{0,8}[:=]\s{0,8}\\{0,3}[\"']?(?:bearer|basic|token|digest|apikey)\s{1,8})"
        r"[^\s,;\"'\\]+",
        _ANY,
    ),
    _line(
        "header",
        "token key",
        r"(?P<keep>\b(?:x-[a-z-]{0,30}token|private-token|x-[a-z-]{0,30}key)\\{0,3}[\"']?\s{0,8}:\s{0,8}\\{0,3}[\"']?)[^\s,;\"'\\]{6,}",
        _ANY,
    ),
    _line(
        "cookie",
        "cookie",
        r"(?P<keep>\b(?:set-)?cookie\\{0,3}[\"']?: {0,8}\\{0,3}[\"']?)[^\s=;]{1,100}=[^\n\"']{4,}",
        _ANY,
    ),
    _line(
        "header",
        "bearer basic token",
        r"(?P<keep>\b(?i:bearer|basic|token)\s{1,8})(?=[A-Za-z._~+/=-]{0,60}(?:\d|[a-z][A-Z]))"
        r"[A-Za-z0-9._~+/=-]{12,}(?![A-Za-z0-9:])",
    ),
    _line(
        "password",
        "pass pwd secret token credential key",
        rf"(?P<keep>{_NAME}(?:\\{{0,3}}[\"'])?\s{{0,8}}(?:=>|:=|[:=])\s{{0,8}}\\{{0,3}}([\"']))"
        rf"(?!\\{{0,3}}\2){_POINTER}(?:(?!\\{{0,3}}\2)[^\n]){{4,4000}}(?=\\{{0,3}}\2|\Z)",
        _ANY,
    ),
    _line(
        "password",
        "pass pwd secret token credential key",
        rf"(?P<keep>{_NAME}\s{{0,8}}=\s{{0,8}}){_POINTER}[^\s,;&\"'\\]+",
        _ANY,
    ),
    _line(
        "password",
        "pass key",
        r"(?P<keep>^[ \t-]{0,40}[\w.-]{0,60}"
        r"(?:password|passwd|passphrase|client-key-data|(?:api|secret|access|private)[_-]?key)"
        rf"[ \t]{{0,8}}:[ \t]{{1,8}}){_POINTER}(?![|>&*!{{\[\"'])[^\s\"']{{4,}}(?=[ \t]*$)",
        _ANY | re.MULTILINE,
    ),
    _line(
        "password",
        "pass pwd secret token credential key",
        rf"(?P<keep>{_NAME}(?:\s{{0,8}}:\s{{0,8}}|\s{{1,8}}(?:is|was)\s{{1,8}}))(?!https?:){_POINTER}"
        rf"(?=[^\s,;]{{0,60}}{_SIGN})[^\s,;&\"']{{6,}}",
        _ANY,
    ),
    _line(
        "password",
        "--",
        r"(?P<keep>--[a-z-]{0,40}(?:password|passwd|token|secret|api-key|access-key)[ \t]{1,8}[\"']?)"
        rf"(?!-)(?=[^\s]{{0,60}}{_SIGN})[^\s\"']{{4,}}",
        _ANY,
    ),
    _line(
        "password",
        "curl",
        r"(?P<keep>\bcurl\b[^\n|;]{0,300}?\s(?:-u|--user)[ \t]{0,4}[\"']?[^\s:\"']{1,100}:)[^\s\"']+",
    ),
    _line("password", "sshpass", r"(?P<keep>\bsshpass[ \t]{1,8}-p[ \t]{0,8}[\"']?)[^\s\"']+"),
    _line(
        "signature",
        "sig key auth session x-amz x-goog",
        r"(?P<keep>[?&](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|auth|key|apikey|session)=)"
        r"[^\s&\"'<>]{16,}",
        _ANY,
    ),
)

#: Whole blocks, which come before anything that could take a part of them.
BLOCKS = (
    _shape(
        "private-key",
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?"
        r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
        re.DOTALL,
    ),
    #: The same in base64, as in a kubeconfig; a certificate or a public key is none.
    _shape("private-key", "ls0tls1crudjti", r"LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FUR|BQVUJMSUMgS0VZ)[A-Za-z0-9+/_=-]{20,}"),
    _shape("private-key", "private-lines", r"(?P<keep>Private-Lines: \d{1,4}\r?\n)(?:[A-Za-z0-9+/=]{1,128}\r?\n?)+"),
    _shape(
        "webhook",
        "hooks.slack.com",
        r"(?P<keep>https://hooks\.slack\.com/(?:services|workflows|triggers)/T[A-Z0-9]+/)[A-Za-z0-9/]+",
    ),
    _shape(
        "webhook",
        "/webhooks/",
        r"(?P<keep>https://(?:[a-z]{1,10}\.)?discord(?:app)?\.com/api/webhooks/\d{1,30}/)[\w-]+",
    ),
    _shape("password-hash", "$", r"\$(?:2[abxy]|5|6|y|apr1|argon2(?:id|i|d))\$[A-Za-z0-9./=,$+-]{20,300}"),
)

#: What is longest comes first, so that no rule leaves a part of what another one would have taken whole.
SHAPES = (*BLOCKS, *URLS, *TOKENS, *NAMED)


def looks_secret(text: str) -> bool:
    """Whether a token of a known shape, or a URL with a password, stands in `text`."""
    return any(shape.pattern.search(text) for shape in (*URLS[:1], *TOKENS))
