"""Settings of the project, read from the environment (see ``.env.example``)."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # X_FILE names a file that holds X: a secret that a vault or systemd keeps
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
DEVELOPMENT_KEY = "only-for-development-" + "x" * 40
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_KEY if DEBUG else "")
if not DEBUG and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY == DEVELOPMENT_KEY):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or weak: without DEBUG, set it to at least 50 random characters "
        '(python -c "import secrets; print(secrets.token_urlsafe(50))").'
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "antq.apps.AntqAdminConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "communes",
    "django.contrib.auth",  # behind communes, which replaces its changepassword
    "models_registry",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "communes.sessions.NoStore",
    "antq.pages.Methods",
    "antq.pages.Written",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "communes.accounts.watch.Watch",
    "communes.sessions.BodyLimit",
    "communes.sessions.SameAccount",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "antq.pages.Readable",
    "antq.pages.Refusals",
    "communes.sessions.SessionLimits",
    "communes.accounts.gate.SecondFactor",
    "communes.sessions.ForcedPasswordChange",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "antq.scanning.Scanned",
]

ROOT_URLCONF = "antq.urls"
WSGI_APPLICATION = "antq.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "antq.frame.duties",
            ],
            "builtins": ["communes.templatetags.vietnamese", "communes.templatetags.parts"],
        },
    }
]

# SQLite unless DATABASE_URL says otherwise. IMMEDIATE takes the write lock when a transaction
# begins, so that two writers queue instead of failing; synchronous=FULL keeps what was
# acknowledged through a power cut, not only through a killed process.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'antq.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
    }
else:
    # Month and province of a report go together, which PostgreSQL underestimates: on today's disks an
    # index costs little more than a scan, and compiling short queries costs more than it saves.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # What the address itself says (sslmode, sslrootcert …) stays.
        "OPTIONS": DATABASES["default"].get("OPTIONS", {}) | {"options": "-c random_page_cost=1.1 -c jit=off"},
    }

# The public key to which manage.py backup encrypts: of age ("age1…", "ssh-…") or of gpg; empty: not encrypted.
BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", default="")

# Letters only remind of deadlines and never hold figures; without a server they are written to the console.
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="antq@localhost")
EMAIL_TIMEOUT = 10
NOTIFY_MAIL = env.list("NOTIFY_MAIL", default=[])  # who looks after the machine

# A figure is said to rise or fall once it moved by so many per cent and by so many units.
TELLING_PERCENT = env.int("TELLING_PERCENT", default=5)
TELLING_UNITS = env.int("TELLING_UNITS", default=5)

# Sums of reports that have not changed (reports/totals/remembered.py): some 2 to 20 KB an entry, 100 KB at the most.
CACHES = {
    "default": env.cache_url("CACHE_URL", default="locmemcache://")
    | {"TIMEOUT": 24 * 3600, "OPTIONS": {"MAX_ENTRIES": 1_000}}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["antq.formats"]

# Without DEBUG, whitenoise serves what collectstatic gathered; with it, the files as they stand.
WHITENOISE_USE_FINDERS = DEBUG
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "images")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# A month with every group opened is 331 rows × 14 indicators; Django's default allows 1,000 fields.
MOST_BODY_MB = env.int("MOST_BODY_MB", default=50)
MOST_STRANGERS_BODY = 2**20
SCANNER = env.str("SCANNER", default="")  # the socket of clamd
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Accounts
AUTH_USER_MODEL = "communes.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name"]},
    },
    {"NAME": "communes.passwords.ContextualPasswordValidator"},
    {"NAME": "communes.passwords.BreachedPasswordValidator"},
    {"NAME": "communes.passwords.NewBeginning"},
]
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")
if BREACHED_PASSWORDS and not Path(BREACHED_PASSWORDS).is_file():
    raise ImproperlyConfigured("BREACHED_PASSWORDS names no file.")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "communes.accounts.views.locked_out"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "communes.accounts.addresses.guessed_from"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
SECOND_FACTOR = env.str("SECOND_FACTOR", default="offered" if DEBUG else "required")
if SECOND_FACTOR not in ("everybody", "required", "offered"):
    raise ImproperlyConfigured("SECOND_FACTOR is everybody, required or offered.")
SECOND_FACTOR_DAYS = env.int("SECOND_FACTOR_DAYS", default=30)
OTP_TOTP_ISSUER = "ANTQ"
AUDIT_KEY = env.str("AUDIT_KEY", default="") or SECRET_KEY
GIVEN_PASSWORD_HOURS = env.int("GIVEN_PASSWORD_HOURS", default=72)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_LIMIT_HOURS = env.int("SESSION_LIMIT_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_LIMIT_HOURS * 3600

# Trust
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_ENGINE = "communes.models.sessions"
SESSION_COOKIE_HTTPONLY = True
COOKIE_PREFIX = "" if DEBUG else "__Host-"  # no neighbouring site can set such a cookie (ASVS 5.0, 3.3.1)
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
CSRF_FAILURE_VIEW = "antq.pages.csrf_failure"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "communes.accounts.tokens.MortalTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["communes.permissions.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["antq.rest.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "antq.rest.Pages",
    "DEFAULT_FILTER_BACKENDS": ["communes.parameters.SpeakingFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "antq.schema.Schema",
    "EXCEPTION_HANDLER": "antq.rest.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
TOKEN_DAYS = env.int("TOKEN_DAYS", default=90)
KNOX_TOKEN_MODEL = "knox.AuthToken"
REST_KNOX = {
    "SECURE_HASH_ALGORITHM": "hashlib.sha512",
    "TOKEN_TTL": timedelta(days=TOKEN_DAYS),
    "AUTO_REFRESH": False,
    "TOKEN_LIMIT_PER_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ANTQ",
    "DESCRIPTION": "Danh bạ tổ tự quản, số liệu tháng và tổng hợp phong trào Toàn dân bảo vệ an ninh Tổ quốc.",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["communes.permissions.SignedIn"],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {"ReportState": "reports.models.MonthlyReport.State"},
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "antq.schema.only_ours"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # What is refused stands in the trail (communes/trail), without a traceback.
    "loggers": {"django.request": {"level": "ERROR"}},
}
