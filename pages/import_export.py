from views.entrance import enter_page
from views.import_export import show

enter_page(show)
