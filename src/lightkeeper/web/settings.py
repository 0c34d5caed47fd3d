"""Settings, read once from the environment. `.env.example` explains each line."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF

from lightkeeper.core import faults
from lightkeeper.core.database import roles
from lightkeeper.core.database.launcher import DATABASE, Cluster
from lightkeeper.web import env

PROJECT = Path(__file__).resolve().parents[3]
VAR = Path(env.text("LIGHTKEEPER_VAR", str(PROJECT / "var"))).resolve()

DEBUG = env.flag("LIGHTKEEPER_DEBUG")
DEMO = env.flag("LIGHTKEEPER_DEMO")
SECRET_KEY = env.secret("LIGHTKEEPER_SECRET_KEY", made_at=VAR / "keys" / "secret")
FACTOR_KEY = env.secret("LIGHTKEEPER_FACTOR_KEY", made_at=VAR / "keys" / "factor")
FACTOR_KEY_BEFORE = env.secret("LIGHTKEEPER_FACTOR_KEY_BEFORE", default="")
ALLOWED_HOSTS = env.text("LIGHTKEEPER_HOSTS", "127.0.0.1,localhost").split(",")
# Behind TLS the cookies say so; the demo on this machine's own address has none.
SECURE = env.flag("LIGHTKEEPER_TLS")
if SECURE and faults.planted():
    raise env.BadSetting(f"{faults.NAME} is for tests: a site behind TLS does not start with it.")
# Whose word is taken for where a request comes from.
PROXIES = frozenset(filter(None, env.text("LIGHTKEEPER_PROXIES", "").split(",")))
KEYS = VAR / "keys"
BLOBS = Path(env.text("LIGHTKEEPER_BLOBS", str(VAR / "blobs")))
MODELS = VAR / "models"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "lightkeeper.core",
    "lightkeeper.web",
    "lightkeeper.apps.audit",
    "lightkeeper.apps.accounts",
    "lightkeeper.apps.intake",
    "lightkeeper.apps.intelligence",
    "lightkeeper.apps.sharing",
    "lightkeeper.apps.safeguarding",
    "lightkeeper.apps.tasking",
    "lightkeeper.apps.performance",
    "lightkeeper.apps.governance",
    "lightkeeper.apps.rights",
    "lightkeeper.apps.breaches",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lightkeeper.web.ticks.NotFoundOnTheTick",
    "lightkeeper.web.middleware.StayPrivate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lightkeeper.web.middleware.OpenDoor",
]
ROOT_URLCONF = "lightkeeper.web.urls"
WSGI_APPLICATION = "lightkeeper.web.wsgi.application"
FORM_RENDERER = "lightkeeper.core.forms.LightkeeperRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lightkeeper.web.context.page",
            ],
        },
    }
]


def database(role: roles.Role) -> dict[str, object]:
    """One connection. LIGHTKEEPER_DATABASE_URL holds {role} where the role's name goes."""
    url = env.text("LIGHTKEEPER_DATABASE_URL", "")
    if not url:
        url = Cluster(VAR / "postgres").url("{role}", DATABASE)
    parts = urlsplit(url.replace("{role}", role.name))
    where = parse_qs(parts.query)
    return {
        "ENGINE": "lightkeeper.core.database.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or role.name),
        "PASSWORD": env.text(f"LIGHTKEEPER_PASSWORD_{role.name.upper()}", parts.password or ""),
        "HOST": parts.hostname or where.get("host", [""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


PROCESS_ROLE = env.text("LIGHTKEEPER_ROLE", "web")
DATABASES = {
    "default": database(roles.WORKER if PROCESS_ROLE == "worker" else roles.WEB),
    "door": database(roles.DOOR),
    "linker": database(roles.LINKER),
    "sealer": database(roles.SEALER),
    "owner": database(roles.OWNER),
}
DATABASE_ROUTERS = ["lightkeeper.core.database.routing.ByDoor"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Credential"
AUTHENTICATION_BACKENDS = [
    "lightkeeper.apps.accounts.backends.PasswordBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# The session cookie holds the session token; the database only its hash.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_NAME = "__Host-lightkeeper" if SECURE else "lightkeeper"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
KNOWN_COOKIE_NAME = "__Host-lightkeeper-known" if SECURE else "lightkeeper-known"
OUTSIDE_COOKIE_NAME = "__Host-lightkeeper-outside" if SECURE else "lightkeeper-outside"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lightkeeper.web.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
NOT_FOUND_TICK_SECONDS = env.number("LIGHTKEEPER_NOT_FOUND_TICK_MS", 100) / 1000
POINTER_TICK_SECONDS = env.number("LIGHTKEEPER_POINTER_TICK_MS", 500) / 1000
IDLE_MINUTES = env.number("LIGHTKEEPER_IDLE_MINUTES", 15)
WORKER_DEAD_AFTER_SECONDS = env.number("LIGHTKEEPER_WORKER_DEAD_AFTER_SECONDS", 10)

# An identity provider outside, if there is one, and its words for more than a password.
OIDC_ISSUER = env.text("LIGHTKEEPER_OIDC_ISSUER", "")
OIDC_CLIENT_ID = env.text("LIGHTKEEPER_OIDC_CLIENT_ID") if OIDC_ISSUER else ""
OIDC_CLIENT_SECRET = env.secret("LIGHTKEEPER_OIDC_CLIENT_SECRET") if OIDC_ISSUER else ""
OIDC_ACR = frozenset(filter(None, env.text("LIGHTKEEPER_OIDC_ACR", "").split(",")))
OIDC_AMR = frozenset(filter(None, env.text("LIGHTKEEPER_OIDC_AMR", "mfa,hwk,swk").split(",")))
OIDC_MAX_AGE_MINUTES = env.number("LIGHTKEEPER_OIDC_MAX_AGE_MINUTES", 60)
OIDC_CA = env.text("LIGHTKEEPER_OIDC_CA", "")
if OIDC_ISSUER and SECURE and not OIDC_ISSUER.startswith("https://"):
    raise env.BadSetting(f"LIGHTKEEPER_OIDC_ISSUER begins with https://. {env.EXAMPLE}")
# A browser holds a form to this even where its answer leads on.
OIDC_ORIGIN = "/".join(OIDC_ISSUER.split("/")[:3])

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF, OIDC_ORIGIN] if OIDC_ORIGIN else [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": a browser then sends the origin "null" with forms, and CSRF refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
X_FRAME_OPTIONS = "DENY"

LARGEST_UPLOAD = env.number("LIGHTKEEPER_LARGEST_UPLOAD_MB", 2048) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(VAR / "arriving")

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
USE_TZ = True
# Whose people see to the picture as a whole: the code of the agency.
HUB = env.text("LIGHTKEEPER_HUB", "centre-hub")
# The zone of the nation: legal days turn by it, in the application and in the database alike.
TIME_ZONE = env.text("LIGHTKEEPER_ZONE", "Europe/London")
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "lightkeeper.web.logs.OneLine"}},
    "handlers": {"out": {"class": "lightkeeper.web.logs.NeverWaiting", "formatter": "line"}},
    "root": {"handlers": ["out"], "level": "WARNING"},
    "loggers": {
        "lightkeeper": {"level": "INFO"},
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
for folder in (VAR, KEYS, BLOBS, MODELS, STATIC_ROOT, Path(FILE_UPLOAD_TEMP_DIR)):
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
